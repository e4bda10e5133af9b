import type { Span } from "../../grammar/ast.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import type { NameSpace } from "../policy-language/analysis/environment.ts";
import { symbolAt, type PolicySymbol } from "../policy-language/names/names.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { apiNamed } from "../model/apis.ts";
import { isContextName } from "../model/contexts.ts";
import { builtInMaskName } from "./mask-names.ts";
import { spanOf } from "./definition.ts";
import { referencesAt, type Reference } from "./references.ts";
import { wordAtOffset } from "./regions.ts";

export type RenameStart =
  | { readonly ok: true; readonly range: Span; readonly name: string }
  | { readonly ok: false; readonly why: string };
export type Rename =
  | { readonly ok: true; readonly name: string; readonly places: readonly Reference[] }
  | { readonly ok: false; readonly why: string };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether the name at an offset can be renamed, and where it stands; else a sentence that says why not. */
export function prepareRename(workspace: Workspace, uri: string, offset: number): RenameStart {
  const found = symbolAt(workspace, uri, offset);
  if (found !== null) {
    const span = spanOf(workspace, found);
    if (span !== null && referencesAt(workspace, uri, offset).some((reference) => reference.declares))
      return { ok: true, range: span, name: found.symbol.name };
    return { ok: false, why: `'${found.symbol.name}' is not declared in the files that are known.` };
  }
  const file = policyFile(workspace, uri);
  const word = file === undefined ? null : (wordAtOffset(file, offset)?.word ?? null);
  switch (word?.role) {
    case "mask":
    case "api":
    case "context":
    case "lock":
    case "scope":
    case "zone":
    case "rule":
    case "fact":
    case "effect":
    case "option":
      return { ok: false, why: `'${word.text}' is built in and cannot be renamed.` };
    default:
      return { ok: false, why: "There is no name to rename here." };
  }
}

/** All places to change for a new name, in every file; a sentence instead where the new name cannot be. */
export function renameAt(workspace: Workspace, uri: string, offset: number, newName: string): Rename {
  const start = prepareRename(workspace, uri, offset);
  if (!start.ok) return start;
  const found = symbolAt(workspace, uri, offset);
  if (found === null) return { ok: false, why: "There is no name to rename here." };
  if (!NAME.test(newName))
    return { ok: false, why: `'${newName}' is not a name: a letter or '_', then letters, digits and '_'.` };
  const places = referencesAt(workspace, uri, offset);
  if (newName === found.symbol.name) return { ok: true, name: newName, places: [] };
  const conflict = conflictOf(workspace, uri, found.symbol, newName, places);
  return conflict === null ? { ok: true, name: newName, places } : { ok: false, why: conflict };
}

function conflictOf(
  workspace: Workspace,
  uri: string,
  symbol: PolicySymbol,
  newName: string,
  places: readonly Reference[],
): string | null {
  switch (symbol.kind) {
    case "parameter":
    case "mode":
      return null;
    case "declared": {
      const builtIn = builtInOf(symbol.space, newName);
      if (builtIn !== null) return `'${newName}' is ${builtIn}; a declaration of that name would hide it.`;
      const files = new Set([uri, ...places.map((span) => span.uri)]);
      for (const file of files) {
        for (const space of spacesShared(workspace, file, symbol)) {
          if ((environmentOf(workspace, file)?.lookup(space, newName) ?? null) !== null)
            return `'${newName}' is already declared${file === uri ? "" : ` in a file that uses '${symbol.name}'`}.`;
        }
      }
      return null;
    }
  }
}

/** A transform lives in two spaces; everything else in one. */
function spacesShared(
  workspace: Workspace,
  uri: string,
  symbol: Extract<PolicySymbol, { kind: "declared" }>,
): readonly NameSpace[] {
  const kind = environmentOf(workspace, uri)?.lookup(symbol.space, symbol.name)?.declaration.kind;
  return kind === "transform" ? ["mask", "subject"] : [symbol.space];
}

function builtInOf(space: NameSpace, name: string): string | null {
  switch (space) {
    case "mask":
      return builtInMaskName(name).kind === "unknown" ? null : "a name of the kernel";
    case "context":
      return isContextName(name) ? "a built-in context" : null;
    case "subject":
      return name === "none" ? "a word of the language" : null;
    case "memory":
      return null;
    case "allocator":
      return apiNamed(name) === null ? null : "a function that the model knows";
  }
}
