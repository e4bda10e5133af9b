import type { Severity } from "../../rules/finding.ts";
import { expectationsIn, SEVERITIES, summaryOf, type FileReport } from "../report.ts";
import type { Reporter } from "../reporter.ts";

export const text: Reporter = {
  name: "text",
  summary: "one line a finding, as compilers print it: for people, and for editors that read compilers",
  print: textReport,
};

/**
 * One line a finding, as compilers print it: `path:line:column: severity: message [rule]`, counted from 1, then related
 * places indented, then the totals.
 */
function textReport(reports: readonly FileReport[]): string {
  const lines = reports.flatMap(({ path, findings }) =>
    findings.flatMap((finding) => [
      `${path}:${at(finding.range.start)}: ${finding.severity}: ${finding.message} [${finding.rule}]`,
      ...finding.related.map((related) => `    ${related.path}:${at(related.range.start)}: ${related.message}`),
    ]),
  );
  return [...lines, totals(reports), ""].join("\n");
}

function at(position: { readonly line: number; readonly character: number }): string {
  return `${position.line + 1}:${position.character + 1}`;
}

const NOUNS: Readonly<Record<Severity, readonly [one: string, many: string]>> = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  information: ["information", "information"],
  hint: ["hint", "hints"],
};

function totals(reports: readonly FileReport[]): string {
  const summary = summaryOf(reports);
  const files = reports.length === 1 ? "1 file" : `${reports.length} files`;
  const counts = SEVERITIES.filter((severity) => summary[severity] > 0).map(
    (severity) => `${summary[severity]} ${NOUNS[severity][summary[severity] === 1 ? 0 : 1]}`,
  );
  return `${files} checked: ${counts.length > 0 ? counts.join(", ") : "nothing to report"}${expectations(reports)}`;
}

/** Nothing where nothing is expected. */
function expectations(reports: readonly FileReport[]): string {
  const { passed, failed, notDecided } = expectationsIn(reports);
  if (passed + failed + notDecided === 0) return "";
  const holds = passed === 1 ? "1 expectation holds" : `${passed} expectations hold`;
  const fails = `, ${failed} ${failed === 1 ? "does" : "do"} not`;
  return `; ${holds}${fails}${notDecided === 0 ? "" : `, ${notDecided} not decided`}`;
}
