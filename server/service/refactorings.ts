import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { regionAt } from "./regions.ts";
import type { At, Refactoring } from "./refactorings/at.ts";
import { extractMask } from "./refactorings/extract-mask.ts";
import { inlineEverywhere, inlineMask } from "./refactorings/inline-mask.ts";
import { nameContext } from "./refactorings/name-context.ts";
import { splitRequest } from "./refactorings/split-request.ts";

/** What can be made of the text between two offsets of a file: of the request, mask or name that is there. */
export function refactoringsAt(workspace: Workspace, uri: string, start: number, end: number): readonly Refactoring[] {
  const environment = environmentOf(workspace, uri);
  const placed = environment === null ? null : regionAt(environment.file, start);
  if (environment === null || placed === null || placed.region.problems.length > 0) return [];
  const { item } = placed.region;
  if (item === null) return [];
  const at: At = { workspace, uri, environment, placed, item, start: start - placed.start, end: end - placed.start };
  return [extractMask, inlineMask, inlineEverywhere, nameContext, splitRequest].flatMap((make) => make(at) ?? []);
}
