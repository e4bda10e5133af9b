import { referencesOf, symbolAt } from "../policy-language/names/names.ts";
import { policyFile, policyFiles } from "../policy-language/analysis/policy-files.ts";
import type { Workspace } from "../documents/workspace.ts";
import { spanOf, type FileSpan } from "./definition.ts";
import { wordAtOffset } from "./regions.ts";
import { wordsOf, type Role } from "./words.ts";

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

/** Names of the kernel, the rules and the language, by the roles that they have in a text. */
const BUILT_IN: ReadonlySet<Role> = new Set<Role>([
  "mask",
  "api",
  "context",
  "lock",
  "scope",
  "zone",
  "rule",
  "option",
  "version",
]);

/** All uses of the name at an offset in every file, also of a built-in one: a flag, a function, a context, a rule. */
export function usesAt(workspace: Workspace, uri: string, offset: number): readonly Reference[] {
  const declared = referencesAt(workspace, uri, offset);
  if (declared.length > 0) return declared;
  const file = policyFile(workspace, uri);
  const word = file === undefined ? null : (wordAtOffset(file, offset)?.word ?? null);
  if (word === null || !BUILT_IN.has(word.role)) return [];
  const files = policyFiles(workspace).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return files.flatMap(([other, { regions, starts }]) =>
    regions.flatMap(({ item, text }, index) => {
      const start = starts[index];
      // Most regions do not have the name at all.
      if (item === null || start === undefined || !text.includes(word.text)) return [];
      return wordsOf(item)
        .filter(({ role, text: name }) => role === word.role && name === word.text)
        .map((use) => ({ uri: other, start: start + use.start, end: start + use.end, declares: false }));
    }),
  );
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
