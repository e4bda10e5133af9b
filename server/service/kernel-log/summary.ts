import type { Diagnosis } from "../../kernel-log/diagnosis.ts";
import { bulleted, fenced } from "../markdown.ts";

/** Text of a log as Markdown takes it: as it stands, whatever signs are in it. */
export function quoted(text: string): string {
  return fenced(text.replaceAll("`", "'"), "text");
}

/** What happened by a report, and whether the model does the same, as Markdown. */
export function reportSummary({ report, first, because, agreement }: Diagnosis): string {
  return [
    `Report ${report.number}, lines ${report.firstLine + 1} to ${report.lastLine + 1}:`,
    quoted(`${first}\n\n${because}\n\n${agreement}`),
  ].join("\n");
}

/** What the state lacks, and what is not in the report; nothing where all is there. */
export function notInReport({ memory, missing, kernel }: Diagnosis): string {
  const lines = [...(memory?.gaps ?? []), ...missing, ...kernel.assumed];
  return lines.length === 0
    ? ""
    : `Not told by the report:\n\n${bulleted(lines.map((line) => line.replaceAll("`", "'")))}`;
}
