import { analyse, analyseRegion, findingsOf, knownFindings } from "./file-findings.ts";
import type { Finding } from "../../rules/finding.ts";
import { fileAnalysisOf } from "../analysis/file-analysis.ts";
import type { Workspace } from "../../documents/workspace.ts";

/**
 * The findings of a file: one list for each region of `SourceFile.regions`, in order, with places relative to the
 * region.
 */
export interface FileFindings {
  readonly regions: readonly (readonly Finding[])[];
}

/** The findings that were made so far, without making any; `complete`: they are all. */
export function checkedSoFar(workspace: Workspace, uri: string): FileFindings & { readonly complete: boolean } {
  const analysis = fileAnalysisOf(workspace, uri);
  return analysis === null ? { regions: [], complete: true } : knownFindings(analysis);
}

/** The findings of some regions of a file, in the order given; no others are made for it. */
export function checkRegions(
  workspace: Workspace,
  uri: string,
  regions: readonly number[],
): readonly (readonly Finding[])[] {
  const analysis = fileAnalysisOf(workspace, uri);
  if (analysis === null) return [];
  for (const region of regions) analyseRegion(analysis, region);
  const known = knownFindings(analysis).regions;
  return regions.map((region) => known[region] ?? []);
}

/**
 * Makes findings until it is over, those of the regions around `from` first.
 * @returns whether all are made
 */
export function checkSome(workspace: Workspace, uri: string, from: number, isOver: () => boolean): boolean {
  const analysis = fileAnalysisOf(workspace, uri);
  return analysis === null || analyse(analysis, from, isOver);
}

/** All findings of one file. A file that the workspace does not have gives none. */
export function check(workspace: Workspace, uri: string): FileFindings {
  const analysis = fileAnalysisOf(workspace, uri);
  return { regions: analysis === null ? [] : findingsOf(analysis) };
}
