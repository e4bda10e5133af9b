import type { Severity } from "../../rules/finding.ts";
import type { FileReport } from "../report.ts";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

/** Workflow commands, which GitHub shows as annotations at the lines of a change. */
export function githubReport(reports: readonly FileReport[]): string {
  const lines = reports.flatMap(({ path, findings }) =>
    findings.map(({ rule, severity, message, range }) => {
      const span = [
        `file=${property(path)}`,
        `line=${range.start.line + 1}`,
        `col=${range.start.character + 1}`,
        `endLine=${range.end.line + 1}`,
        `endColumn=${range.end.character + 1}`,
        `title=${property(rule)}`,
      ];
      return `::${LEVELS[severity]} ${span.join(",")}::${data(message)}\n`;
    }),
  );
  return lines.join("");
}

/** Escapes as GitHub's own toolkit does. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
