import type { Declaration, Item } from "../../grammar/ast.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Finding, FindingSource, Holds, RelatedSpan, Severity } from "../rules/finding.ts";
import { ruleUrl } from "../rules/rule-page.ts";
import { linesOf, positionAt, type Lines, type Position } from "../../grammar/lines.ts";

/** Lines and characters count from 0, characters in UTF-16 units, as in LSP. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/**
 * A finding as reporters print it: positions absolute, names resolved. The shape that `check --format json` promises.
 */
export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** The name of the declaration that it stands in; null for headers and what stands outside of any. */
  readonly declaration: string | null;
  readonly range: Range;
  readonly kernel: Holds;
  readonly source: FindingSource;
  readonly related: readonly { readonly path: string; readonly range: Range; readonly message: string }[];
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly { readonly range: Range; readonly text: string }[];
  }[];
  readonly url: string;
}

export interface FileReport {
  readonly path: string;
  readonly text: string;
  readonly findings: readonly ReportedFinding[];
  readonly expectations: ExpectationCounts;
}

/** How many expectations hold, do not hold, and are not decided. */
export interface ExpectationCounts {
  readonly passed: number;
  readonly failed: number;
  readonly notDecided: number;
}

/** A file of the run, with what turns its offsets into positions. */
export interface ReportedFile {
  readonly path: string;
  readonly file: SourceFile;
  readonly lines: Lines;
}

export function reportedFile(path: string, file: SourceFile): ReportedFile {
  return { path, file, lines: linesOf(file.text) };
}

/**
 * The findings of one file, in the order of the text.
 * @param findings one list for each region
 * @param fileOf the file of a uri that a related place names; null when it is not part of the run
 */
export function reportOf(
  { path, file, lines }: ReportedFile,
  findings: readonly (readonly Finding[])[],
  expectations: ExpectationCounts,
  fileOf: (uri: string) => ReportedFile | null,
): FileReport {
  const reported = findings.flatMap((list, index) => {
    const offset = file.starts[index] ?? 0;
    const rangeOf = (start: number, end: number): Range => ({
      start: positionAt(lines, offset + start),
      end: positionAt(lines, offset + end),
    });
    const declaration = nameOf(file.regions[index]?.item ?? null);
    return list.map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      message: finding.message,
      declaration,
      range: rangeOf(finding.span.start, finding.span.end),
      kernel: finding.holds ?? { since: null, until: null },
      source: finding.source,
      related: finding.related.flatMap((related) => relatedOf(related, fileOf)),
      fixes: finding.fixes.map(({ title, changes }) => ({
        title,
        edits: changes.map((change) => ({ range: rangeOf(change.start, change.end), text: change.text })),
      })),
      url: ruleUrl(finding.rule),
    }));
  });
  return { path, text: file.text, findings: reported.sort(byPosition), expectations };
}

function relatedOf(related: RelatedSpan, fileOf: (uri: string) => ReportedFile | null): ReportedFinding["related"] {
  const target = fileOf(related.uri);
  const offset = target?.file.starts[related.region];
  if (target === null || offset === undefined) return [];
  return [
    {
      path: target.path,
      range: {
        start: positionAt(target.lines, offset + related.span.start),
        end: positionAt(target.lines, offset + related.span.end),
      },
      message: related.message,
    },
  ];
}

function nameOf(item: Item | null): string | null {
  return item !== null && isDeclaration(item) ? (item.name?.text ?? null) : null;
}

function isDeclaration(item: Item): item is Declaration {
  return item.kind !== "kernel" && item.kind !== "config" && item.kind !== "import";
}

function byPosition(a: ReportedFinding, b: ReportedFinding): number {
  return (
    a.range.start.line - b.range.start.line ||
    a.range.start.character - b.range.start.character ||
    (a.rule < b.rule ? -1 : 1)
  );
}

export const SEVERITIES: readonly Severity[] = ["error", "warning", "information", "hint"];

/** How many expectations of all files hold, do not hold, and are not decided. */
export function expectationsIn(reports: readonly FileReport[]): ExpectationCounts {
  const sum = (what: keyof ExpectationCounts): number =>
    reports.reduce((all, { expectations }) => all + expectations[what], 0);
  return { passed: sum("passed"), failed: sum("failed"), notDecided: sum("notDecided") };
}

/** How many findings of each severity. */
export function summaryOf(reports: readonly FileReport[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number =>
    reports.reduce((sum, { findings }) => sum + findings.filter((finding) => finding.severity === severity).length, 0);
  return { error: count("error"), warning: count("warning"), information: count("information"), hint: count("hint") };
}
