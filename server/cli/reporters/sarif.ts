import { createHash } from "node:crypto";
import { isAbsolute, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Severity } from "../../rules/finding.ts";
import { catalogue } from "../../policy-language/catalogue.ts";
import { ruleUrl } from "../../rules/rule-page.ts";
import { linesOf, offsetAt } from "../../../grammar/lines.ts";
import type { FileReport, Range, ReportedFinding } from "../report.ts";
import type { Reporter } from "../reporter.ts";

export const sarif: Reporter = {
  name: "sarif",
  summary: "SARIF 2.1.0: for code scanning, and tools that show its results",
  print: sarifReport,
};

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** SARIF knows three levels; a hint is a note of which `properties.severity` says that it is a hint. */
const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

/** One SARIF 2.1.0 log with one run: the catalogue as the tool's rules, and each finding as a result. */
function sarifReport(reports: readonly FileReport[]): string {
  const entries = catalogue();
  const indexOf = new Map(entries.map(({ id }, index) => [id, index]));
  const rules = entries.map(({ id, title, severity }) => ({
    id,
    shortDescription: { text: title },
    helpUri: ruleUrl(id),
    defaultConfiguration: { level: LEVELS[severity] },
  }));
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "AllocPolicy", rules } },
        columnKind: "utf16CodeUnits",
        newlineSequences: ["\r\n", "\n", "\r"],
        results: reports.flatMap((report) => resultsOf(report, indexOf)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultsOf({ path, text, findings }: FileReport, indexOf: ReadonlyMap<string, number>): readonly object[] {
  const uri = uriOf(path);
  const prints = fingerprintsOf(text, findings);
  return findings.map((finding, index) => {
    const { rule, severity, message, declaration, range, kernel, source, related, fixes } = finding;
    const ruleIndex = indexOf.get(rule);
    return {
      ruleId: rule,
      ...(ruleIndex === undefined ? {} : { ruleIndex }),
      level: LEVELS[severity],
      message: { text: message },
      locations: [
        {
          physicalLocation: physical(uri, range),
          ...(declaration === null ? {} : { logicalLocations: [{ name: declaration, kind: "declaration" }] }),
        },
      ],
      ...(related.length === 0
        ? {}
        : {
            relatedLocations: related.map((span, id) => ({
              id,
              physicalLocation: physical(uriOf(span.path), span.range),
              message: { text: span.message },
            })),
          }),
      ...(fixes.length === 0
        ? {}
        : {
            fixes: fixes.map(({ title, edits }) => ({
              description: { text: title },
              artifactChanges: [
                {
                  artifactLocation: { uri },
                  replacements: edits.map((edit) => ({
                    deletedRegion: regionOf(edit.range),
                    insertedContent: { text: edit.text },
                  })),
                },
              ],
            })),
          }),
      partialFingerprints: { "allocpolicy/v1": prints[index] ?? "" },
      properties: { severity, source, since: kernel.since, until: kernel.until },
    };
  });
}

function physical(uri: string, range: Range): object {
  return { artifactLocation: { uri }, region: regionOf(range) };
}

/** SARIF counts lines and columns from 1; the end column is the one behind the last character. */
function regionOf({ start, end }: Range): object {
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** Relative where the user wrote it so, as GitHub and others expect of a checkout. */
function uriOf(path: string): string {
  return isAbsolute(path) ? pathToFileURL(path).href : path.split(sep).map(encodeURIComponent).join("/");
}

/**
 * What stays the same when lines move: the rule, the declaration, the marked text, and which of several alike it is.
 * Same order as the findings.
 */
function fingerprintsOf(text: string, findings: readonly ReportedFinding[]): readonly string[] {
  const lines = linesOf(text);
  const seen = new Map<string, number>();
  return findings.map(({ rule, declaration, range }) => {
    const marked = text.slice(offsetAt(lines, range.start, text), offsetAt(lines, range.end, text));
    const key = JSON.stringify([rule, declaration, marked.replace(/\s+/g, " ")]);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return createHash("sha256").update(`${key} ${count}`).digest("hex").slice(0, 32);
  });
}
