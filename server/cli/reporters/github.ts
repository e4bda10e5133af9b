import type { Severity } from "../../rules/finding.ts";
import type { FileReport } from "../report.ts";
import type { Reporter } from "../reporter.ts";
import { visible, visibleName } from "../../service/visible.ts";

/** Workflow commands, which GitHub shows as annotations at the lines of a change. */
export const github: Reporter = {
  name: "github",
  summary: "GitHub's annotations at the lines of a change: for GitHub Actions",
  begin: () => "",
  file: annotations,
  between: "",
  end: () => "",
};

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

function annotations({ path, findings }: FileReport): string {
  return findings
    .map(({ rule, severity, message, range, steps = [] }) => {
      const span = [
        `file=${property(path)}`,
        `line=${range.start.line + 1}`,
        `col=${range.start.character + 1}`,
        `endLine=${range.end.line + 1}`,
        `endColumn=${range.end.character + 1}`,
        `title=${property(rule)}`,
      ];
      const way = steps.map((step) => `\n${step.path}:${step.range.start.line + 1}: ${step.message}`).join("");
      return `::${LEVELS[severity]} ${span.join(",")}::${data(message + way)}\n`;
    })
    .join("");
}

/** Escapes as GitHub's own toolkit does, and shows what would steer a terminal that prints the log. */
function data(text: string): string {
  return escaped(visible(text));
}

function property(text: string): string {
  return escaped(visibleName(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
