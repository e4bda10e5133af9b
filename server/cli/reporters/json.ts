import { expectationsIn, summaryOf, type FileReport } from "../report.ts";
import type { Reporter } from "../reporter.ts";

export const json: Reporter = {
  name: "json",
  summary: "one document; the shape below is kept: for scripts",
  print: jsonReport,
};

/** The format version that scripts rely on; it changes when a field is taken away or means something else. */
const VERSION = 1;

/** One JSON document; the shape is part of the command line's contract (docs/command-line.md). */
function jsonReport(reports: readonly FileReport[]): string {
  const files = reports.map(({ path, findings }) => ({ path, findings }));
  const { passed, failed } = expectationsIn(reports);
  return `${JSON.stringify({ version: VERSION, files, summary: { ...summaryOf(reports), expectations: { passed, failed } } }, null, 2)}\n`;
}
