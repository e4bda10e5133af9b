import type { Workspace } from "../documents/workspace.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Fix } from "../rules/finding.ts";
import { findingsIn, findingsOf, placedFindings, type PlacedFinding, type RegionFinding } from "./findings.ts";
import { kernelRule } from "../rules/catalogue.ts";
import { regionAt } from "./regions.ts";

/** A change of one file: [start, end) becomes `text`. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Action {
  readonly title: string;
  readonly kind: "fix" | "waive" | "fix-all";
  readonly preferred: boolean;
  readonly changes: readonly Change[];
  /** What it mends. */
  readonly findings: readonly PlacedFinding[];
}

/** More findings than this are not looked through for one request. */
const MOST_FINDINGS = 10_000;

/** What can be done about the findings that meet [start, end): each finding's own fixes, and a waiver. */
export function actionsAt(workspace: Workspace, uri: string, start: number, end: number): readonly Action[] {
  const file = policyFile(workspace, uri);
  if (file === undefined) return [];
  const here = findingsIn(workspace, uri, start, end).filter((placed) => placed.start <= end && start <= placed.end);
  return [
    ...here.flatMap((placed) => placed.finding.fixes.map((fix) => fixAction(placed, fix))),
    ...here.flatMap((placed) => waiveAction(file, placed) ?? []),
  ];
}

/** All preferred fixes of a file at once; of fixes that touch the same text, the first. Null where there are none. */
export function fixAllAction(workspace: Workspace, uri: string): Action | null {
  const changes: Change[] = [];
  const mended: PlacedFinding[] = [];
  for (const placed of placedFindings(findingsOf(workspace, uri, MOST_FINDINGS).runs)) {
    const fix = placed.finding.fixes.find((each) => each.preferred);
    if (fix === undefined) continue;
    const action = fixAction(placed, fix);
    if (action.changes.some((change) => changes.some((other) => touches(change, other)))) continue;
    changes.push(...action.changes);
    mended.push(placed);
  }
  if (changes.length === 0) return null;
  return { title: "Fix all that can be fixed safely", kind: "fix-all", preferred: false, changes, findings: mended };
}

function fixAction(placed: RegionFinding, fix: Fix): Action {
  const by = placed.regionStart;
  return {
    title: fix.title,
    kind: "fix",
    preferred: fix.preferred,
    changes: fix.changes.map((change) => ({ start: by + change.start, end: by + change.end, text: change.text })),
    findings: [placed],
  };
}

function touches(one: Change, other: Change): boolean {
  return one.start <= other.end && other.start <= one.end;
}

/**
 * Writes `waive RULE because ""` behind the last property of the request, which waives nothing before somebody writes
 * why; only kernel rules can be waived.
 */
function waiveAction(file: SourceFile, placed: RegionFinding): Action | null {
  const { finding } = placed;
  if (kernelRule(finding.rule) === null) return null;
  const region = regionAt(file, placed.regionStart)?.region;
  const item = region?.item;
  if (region === undefined || item?.kind !== "request") return null;
  const last = item.properties[item.properties.length - 1];
  if (last === undefined) return null;
  const lineStart = region.text.lastIndexOf("\n", last.start) + 1;
  const indent = /^[ \t]*/.exec(region.text.slice(lineStart, last.start))?.[0] ?? "  ";
  const onOneLine = !region.text.slice(item.start, last.start).includes("\n");
  const waiver = `waive ${finding.rule} because ""`;
  const behind = endOfProperty(region.text, last.end);
  const text = onOneLine ? `  ${waiver}` : `\n${indent}${waiver}`;
  return {
    title: `Waive ${finding.rule} here`,
    kind: "waive",
    preferred: false,
    changes: [{ start: placed.regionStart + behind, end: placed.regionStart + behind, text }],
    findings: [placed],
  };
}

/** Behind the property's own `;` and a comment on its line, so that the waiver begins a line of its own. */
function endOfProperty(text: string, end: number): number {
  const rest = /^[ \t]*;?[ \t]*(?:\/\/[^\n]*?)?(?=\r?\n|$)/.exec(text.slice(end));
  return rest === null ? (text[end] === ";" ? end + 1 : end) : end + rest[0].trimEnd().length;
}
