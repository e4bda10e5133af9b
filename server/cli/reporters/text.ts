import { linesOf } from "../../../grammar/lines.ts";
import type { Severity } from "../../rules/finding.ts";
import { excerptOf } from "../excerpt.ts";
import { filled } from "../help.ts";
import { SEVERITIES, type FileReport, type ReportedFinding, type ReportedPlace, type Totals } from "../report.ts";
import type { Look, Reporter } from "../reporter.ts";
import { visibleName } from "../../service/visible.ts";

/**
 * One line a finding, as compilers print it: `path:line:column: severity: message [rule]`, counted from 1, then the
 * way that leads to it as their notes, related places indented, and the totals. On a terminal each with the line of
 * the source, and what is marked.
 */
export const text: Reporter = {
  name: "text",
  summary: "one line a finding, as compilers print it: for people, and for editors that read compilers",
  begin: () => "",
  file: (report, look) => (look.excerptColumns === null ? plainText(report) : excerptsText(report, look)),
  between: "",
  end: (totals) => `${totalsText(totals)}\n`,
};

function plainText({ path, findings }: FileReport): string {
  return findings
    .flatMap((finding) => [
      `${head(path, finding)}: ${finding.severity}: ${visibleName(finding.message)} [${finding.rule}]\n`,
      ...(finding.steps ?? []).map((step) => `${head(step.path, step)}: note: ${visibleName(step.message)}\n`),
      ...finding.related.map((place) => `    ${head(place.path, place)}: ${visibleName(place.message)}\n`),
    ])
    .join("");
}

function placesOf({ steps = [], related }: ReportedFinding): readonly ReportedPlace[] {
  return [...steps, ...related];
}

function head(path: string, { range }: Pick<ReportedPlace, "range">): string {
  return `${visibleName(path)}:${range.start.line + 1}:${range.start.character + 1}`;
}

// On a terminal -------------------------------------------------------------------------------------------------------

type Style = Severity | "bold" | "dim";

const SGR: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;35",
  information: "1;36",
  hint: "1;34",
  bold: "1",
  dim: "2",
};

function excerptsText({ path, text: source, findings }: FileReport, look: Look): string {
  if (findings.length === 0) return "";
  const lines = linesOf(source);
  const paint = (style: Style, piece: string): string =>
    look.hasColour ? `\x1b[${SGR[style]}m${piece}\x1b[0m` : piece;
  const columns = look.excerptColumns ?? 80;
  return findings
    .map((finding) => {
      const { range, severity, message, rule } = finding;
      const { number, line, marks } = excerptOf(source, lines, range, columns);
      const width = Math.max(4, number.length);
      const place = `${head(path, finding)}:`;
      const said = `${severity}: ${visibleName(message)} [${rule}]`.split(" ");
      const [first = "", ...more] = filled(said, `${place} `, "    ", columns);
      return [
        `${paint("bold", place)} ${paint(severity, severity)}${first.slice(place.length + 1 + severity.length)}`,
        ...more,
        `${paint("dim", `${number.padStart(width)} |`)} ${line}`,
        `${paint("dim", `${" ".repeat(width)} |`)} ${paint(severity, marks)}`,
        ...placesOf(finding).map(
          (other) =>
            `${" ".repeat(width)} ${paint("dim", "=")} ${head(other.path, other)}: ${visibleName(other.message)}`,
        ),
        "\n",
      ].join("\n");
    })
    .join("");
}

// The last line -------------------------------------------------------------------------------------------------------

const NOUNS: Readonly<Record<Severity, readonly [one: string, many: string]>> = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  information: ["information", "information"],
  hint: ["hint", "hints"],
};

function totalsText({ files, severities, expectations, known }: Totals): string {
  const counts = SEVERITIES.filter((severity) => severities[severity] > 0).map(
    (severity) => `${severities[severity]} ${NOUNS[severity][severities[severity] === 1 ? 0 : 1]}`,
  );
  const found = counts.length > 0 ? counts.join(", ") : known > 0 ? "nothing new" : "nothing to report";
  const left = known === 0 ? "" : `; ${known} of the baseline left out`;
  return `${files === 1 ? "1 file" : `${files} files`} checked: ${found}${left}${expectationsText(expectations)}`;
}

/** Nothing where nothing is expected. */
function expectationsText({ passed, failed, notDecided }: Totals["expectations"]): string {
  if (passed + failed + notDecided === 0) return "";
  const holds = passed === 1 ? "1 expectation holds" : `${passed} expectations hold`;
  const fails = `, ${failed} ${failed === 1 ? "does" : "do"} not`;
  return `; ${holds}${fails}${notDecided === 0 ? "" : `, ${notDecided} not decided`}`;
}
