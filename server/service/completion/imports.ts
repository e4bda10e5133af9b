import type { Workspace } from "../../documents/workspace.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { importsOf, policyFiles } from "../../policy-language/analysis/policy-files.ts";
import { pathBetween } from "../file-renames.ts";
import { type CompletionList, item } from "./items.ts";
import { MOST_ITEMS, fits } from "./offer.ts";

/** The other files of the folder and below, as an import names them: `typed` is what stands of the path already. */
export function importsAt(
  workspace: Workspace,
  { uri, file }: Environment,
  offset: number,
  typed: string,
): CompletionList {
  const imported = new Set(importsOf(uri, file));
  const items = policyFiles(workspace)
    .filter(([other]) => other !== uri && !imported.has(other))
    .flatMap(([other]) => pathBetween(uri, other) ?? [])
    .filter((path) => fits(path, typed.toLowerCase()))
    .sort((one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1));
  const rest = /^[^"\n]*/.exec(file.text.slice(offset))?.[0].length ?? 0;
  return {
    start: offset - typed.length,
    end: offset + (file.text[offset + rest] === '"' ? rest : 0),
    incomplete: items.length > MOST_ITEMS,
    items: items.slice(0, MOST_ITEMS).map((path) => item(path, "file")),
  };
}

const depthOf = (path: string): number => path.split("/").length;
