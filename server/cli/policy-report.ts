import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { linesOf, positionAt, type Lines } from "../../grammar/lines.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { SharedMemory, type Workspace } from "../documents/workspace.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { check } from "../policy-language/check/check.ts";
import { expectationStates } from "../policy-language/check/expectations/states.ts";
import type { ExpectationState } from "../policy-language/check/expectations/holds.ts";
import type { Finding, RelatedSpan } from "../rules/finding.ts";
import { ruleUrl } from "../rules/rule-page.ts";
import type { CheckSettings } from "./file-kind.ts";
import type { ReadFile } from "./files.ts";
import { byPosition, type FileReport, type Range, type ReportedFinding, type ReportedPlace } from "./report.ts";
import { ImportedFiles, workspaceWith } from "./workspace.ts";

/** Begins a run over policy files: gives what judges some of them, each as the editor does, with what it imports. */
export function beginPolicies(run: CheckSettings): (files: readonly ReadFile[]) => readonly FileReport[] {
  const imported = new ImportedFiles();
  const shared = new SharedMemory();
  return (files) =>
    files.map((file) => reportOf(file, workspaceWith([file], run.folders, run.settings, imported, shared), run));
}

/** A file of the workspace, with what turns its offsets into positions. */
interface PlacedFile {
  readonly path: string;
  readonly file: SourceFile;
  readonly lines: Lines;
}

function reportOf({ path, absolutePath, text }: ReadFile, workspace: Workspace, { cwd }: CheckSettings): FileReport {
  const own = pathToFileURL(absolutePath).href;
  const placed = new Map<string, PlacedFile>();
  const fileOf = (uri: string): PlacedFile | null => {
    const known = placed.get(uri);
    if (known !== undefined) return known;
    const file = policyFile(workspace, uri);
    if (file === undefined) return null;
    const made = { path: uri === own ? path : relative(cwd, fileURLToPath(uri)), file, lines: linesOf(file.text) };
    placed.set(uri, made);
    return made;
  };
  const target = fileOf(own);
  const environment = environmentOf(workspace, own);
  const findings =
    target === null ? [] : check(workspace, own).regions.flatMap((list, at) => reportedIn(target, at, list, fileOf));
  return {
    path,
    text,
    findings: findings.sort(byPosition),
    expectations: countsOf(environment === null ? [] : expectationStates(environment)),
  };
}

function countsOf(states: readonly ExpectationState[]): FileReport["expectations"] {
  const count = (state: ExpectationState): number => states.filter((one) => one === state).length;
  return { passed: count("passed"), failed: count("failed"), notDecided: count("not-decided") };
}

/** The findings of one region. */
function reportedIn(
  { file, lines }: PlacedFile,
  region: number,
  findings: readonly Finding[],
  fileOf: (uri: string) => PlacedFile | null,
): readonly ReportedFinding[] {
  if (findings.length === 0) return [];
  const offset = file.starts[region] ?? 0;
  const rangeOf = (start: number, end: number): Range => ({
    start: positionAt(lines, offset + start),
    end: positionAt(lines, offset + end),
  });
  // Known without the tree.
  const declaration = file.regions[region]?.name ?? null;
  return findings.map((finding) => ({
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
}

function relatedOf(related: RelatedSpan, fileOf: (uri: string) => PlacedFile | null): readonly ReportedPlace[] {
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
