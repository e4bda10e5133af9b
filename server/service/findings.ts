import type { Workspace } from "../documents/workspace.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import { check, checkedSoFar, checkRegions, checkSome, type FileFindings } from "../policy-language/check/check.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Finding } from "../rules/finding.ts";
import { regionAt, regionsIn } from "./regions.ts";
import type { Asked, Run } from "./runs.ts";

/** A finding with its place in the document. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly start: number;
  readonly end: number;
}

/** A finding in a policy file. */
export interface RegionFinding extends PlacedFinding {
  /** Where the region starts: what the finding's own offsets are relative to. */
  readonly regionStart: number;
}

export interface PlacedRelated {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** Some findings of a document, in the order of the text, and how many there are in all. */
export interface Findings {
  readonly runs: readonly Run<Finding>[];
  readonly total: number;
}

export interface FindingsSoFar extends Findings {
  /** The whole document was looked at: there are no others. */
  readonly complete: boolean;
}

/** The most that is shown of a document: when all is found, and before that. */
export interface FindingLimits {
  readonly whole: number;
  readonly part: number;
}

/** The findings of a file, at most `limit` of them. */
export function findingsOf(workspace: Workspace, uri: string, limit: number): Findings {
  const file = policyFile(workspace, uri);
  if (file === undefined) return NONE;
  return listed(file, check(workspace, uri).regions, limit);
}

/** The same where all were made; else those that were, of more than `limits.part` those around an offset. */
export function findingsSoFar(workspace: Workspace, uri: string, around: number, limits: FindingLimits): FindingsSoFar {
  const file = policyFile(workspace, uri);
  if (file === undefined) return { ...NONE, complete: true };
  const { regions, complete } = checkedSoFar(workspace, uri);
  if (complete) return { ...listed(file, regions, limits.whole), complete };
  const total = totalOf(regions);
  const limit = limits.part;
  const { from, to } = total <= limit ? { from: 0, to: regions.length } : regionsAround(file, regions, around, limit);
  return { runs: runsIn(file, regions, { from, to, limit }), total, complete };
}

/** Makes findings until it is over, those around an offset first; gives whether all are made. */
export function makeFindings(workspace: Workspace, uri: string, around: number, isOver: () => boolean): boolean {
  const file = policyFile(workspace, uri);
  return file === undefined || checkSome(workspace, uri, regionAt(file, around)?.index ?? 0, isOver);
}

/** The findings of the regions that meet [start, end]; no others are made for it. */
export function findingsIn(workspace: Workspace, uri: string, start: number, end: number): readonly RegionFinding[] {
  const file = policyFile(workspace, uri);
  if (file === undefined) return [];
  // A finding may end where the next region begins.
  const met = [...regionsIn(file, Math.max(0, start - 1), end + 1)];
  return checkRegions(
    workspace,
    uri,
    met.map(({ index }) => index),
  ).flatMap((list, i) => list.flatMap((finding) => (met[i] === undefined ? [] : [placedIn(met[i].start, finding)])));
}

const NONE: Findings = { runs: [], total: 0 };

// Who goes over all regions at every key does so once, in a plain loop.

/** All of them, of which as many are given as the limit lets. */
function listed(file: SourceFile, regions: FileFindings["regions"], limit: number): Findings {
  const runs: Run<Finding>[] = [];
  let total = 0;
  for (let index = 0; index < regions.length; index += 1) {
    const items = regions[index];
    if (items === undefined || items.length === 0) continue;
    const left = limit - total;
    total += items.length;
    const start = file.starts[index];
    if (left > 0 && start !== undefined)
      runs.push({ start, items: items.length <= left ? items : items.slice(0, left) });
  }
  return { runs, total };
}

function totalOf(regions: FileFindings["regions"]): number {
  let total = 0;
  for (let index = 0; index < regions.length; index += 1) total += regions[index]?.length ?? 0;
  return total;
}

function runsIn({ starts }: SourceFile, regions: FileFindings["regions"], asked: Asked): readonly Run<Finding>[] {
  const runs: Run<Finding>[] = [];
  const to = Math.min(asked.to, regions.length);
  let left = asked.limit;
  for (let index = asked.from; index < to && left > 0; index += 1) {
    const items = regions[index];
    const start = starts[index];
    if (items === undefined || start === undefined || items.length === 0) continue;
    runs.push({ start, items: items.length <= left ? items : items.slice(0, left) });
    left -= items.length;
  }
  return runs;
}

/** The regions around an offset that have so many findings together, or a few more. */
function regionsAround(
  file: SourceFile,
  regions: FileFindings["regions"],
  around: number,
  limit: number,
): { readonly from: number; readonly to: number } {
  let from = regionAt(file, around)?.index ?? 0;
  let to = from + 1;
  let found = regions[from]?.length ?? 0;
  while (found < limit && (from > 0 || to < regions.length)) {
    if (from > 0) found += regions[--from]?.length ?? 0;
    if (to < regions.length) found += regions[to++]?.length ?? 0;
  }
  return { from, to };
}

/** Each finding of runs with its place. */
export function placedFindings(runs: readonly Run<Finding>[]): readonly RegionFinding[] {
  return runs.flatMap(({ start, items }) => items.map((finding) => placedIn(start, finding)));
}

function placedIn(regionStart: number, finding: Finding): RegionFinding {
  const { start, end } = finding.span;
  return { finding, regionStart, start: regionStart + start, end: regionStart + end };
}

/** The related places of a finding that still exist, as offsets of their files. */
export function relatedOf(workspace: Workspace, finding: Finding): readonly PlacedRelated[] {
  return finding.related.flatMap((related) => {
    const start = policyFile(workspace, related.uri)?.starts[related.region];
    return start === undefined
      ? []
      : [
          {
            uri: related.uri,
            start: start + related.span.start,
            end: start + related.span.end,
            message: related.message,
          },
        ];
  });
}
