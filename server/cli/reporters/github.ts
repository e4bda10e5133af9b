import type { Severity } from "../../rules/finding.ts";
import type { FileReport } from "../report.ts";
import type { Reporter } from "../reporter.ts";

export const github: Reporter = {
  name: "github",
  summary: "GitHub's annotations at the lines of a change: for GitHub Actions",
  print: githubReport,
};

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

/** Workflow commands, which GitHub shows as annotations at the lines of a change. */
function githubReport(reports: readonly FileReport[]): string {
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
