import { referencesOf, symbolAt } from "../policy-language/names/names.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import type { Workspace } from "../documents/workspace.ts";
import { spanOf, type FileSpan } from "./definition.ts";
import { wordAtOffset } from "./regions.ts";
import { wordsOf } from "./words.ts";

export interface Reference extends FileSpan {
  readonly declares: boolean;
}

/** All uses of the declared name at an offset, and its declaration; empty for built-in names. */
export function referencesAt(workspace: Workspace, uri: string, offset: number): readonly Reference[] {
  const found = symbolAt(workspace, uri, offset);
  if (found === null) return [];
  return referencesOf(workspace, uri, found.symbol).flatMap((use) => {
    const span = spanOf(workspace, use);
    return span === null ? [] : [{ ...span, declares: use.declares }];
  });
}

/** The uses in this file; of a built-in name, its uses in the same declaration. */
export function highlightsAt(workspace: Workspace, uri: string, offset: number): readonly Reference[] {
  const references = referencesAt(workspace, uri, offset);
  if (references.length > 0) return references.filter((reference) => reference.uri === uri);
  const file = policyFile(workspace, uri);
  if (file === undefined) return [];
  const found = wordAtOffset(file, offset);
  const item = found?.placed.region.item;
  if (found === null || item === undefined || item === null || found.word.role === "keyword") return [];
  const { start } = found.placed;
  return wordsOf(item)
    .filter((word) => word.role === found.word.role && word.text === found.word.text)
    .map((word) => ({ uri, start: start + word.start, end: start + word.end, declares: false }));
}
