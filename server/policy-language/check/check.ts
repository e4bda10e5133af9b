import { findingsOf } from "./file-findings.ts";
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

/** All findings of one file. A file that the workspace does not have gives none. */
export function check(workspace: Workspace, uri: string): FileFindings {
  const analysis = fileAnalysisOf(workspace, uri);
  return { regions: analysis === null ? [] : findingsOf(analysis) };
}
