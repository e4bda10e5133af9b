import type { Workspace } from "../../documents/workspace.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { importsOf, policyFiles } from "../../policy-language/analysis/policy-files.ts";
import { pathBetween } from "../file-renames.ts";
import { type Completion, type CompletionList, item } from "./items.ts";
import { MOST_ITEMS, fits } from "./offer.ts";

/** The other files of the folder and below, as an import names them: `typed` is what stands of the path already. */
export function importsAt(
  workspace: Workspace,
  environment: Environment,
  offset: number,
  typed: string,
): CompletionList {
  const items = pathsFrom(workspace, environment).filter((path) => fits(path, typed.toLowerCase()));
  const { file } = environment;
  const rest = /^[^"\n]*/.exec(file.text.slice(offset))?.[0].length ?? 0;
  return {
    start: offset - typed.length,
    end: offset + (file.text[offset + rest] === '"' ? rest : 0),
    incomplete: items.length > MOST_ITEMS,
    items: items.slice(0, MOST_ITEMS).map((path) => item(path, "file")),
  };
}

/** The same where no quote is written yet. */
export const quotedImports = (workspace: Workspace, environment: Environment): readonly Completion[] =>
  pathsFrom(workspace, environment).map((path) => item(path, "file", { insert: `"${path}"` }));

/** What is not imported yet, the nearest first. */
function pathsFrom(workspace: Workspace, { uri, file }: Environment): readonly string[] {
  const imported = new Set(importsOf(uri, file));
  return policyFiles(workspace)
    .filter(([other]) => other !== uri && !imported.has(other))
    .flatMap(([other]) => pathBetween(uri, other) ?? [])
    .sort((one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1));
}

const depthOf = (path: string): number => path.split("/").length;
