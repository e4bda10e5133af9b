import { rootsFor } from "../../documents/roots.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { SourceFile } from "../../../grammar/source-file.ts";
import type { FileIndex } from "./file-index.ts";
import { policyFile } from "./policy-files.ts";
import { importTarget, type ImportTarget } from "./uris.ts";

/** What has become of an `import` header. */
export type ImportState =
  /** `cyclic`: the imported file imports this one, directly or not. */
  | { readonly state: "loaded"; readonly cyclic: boolean }
  | { readonly state: "missing"; readonly uri: string; readonly why: string }
  | { readonly state: "not-looked-for" }
  | { readonly state: "refused"; readonly target: Exclude<ImportTarget, { readonly kind: "file" }> };

/**
 * The files that an analysis of `uri` is about, itself first, what has become of its own `import` headers, by region,
 * and whether none is still to be looked for. Every import is followed, those of imported files as well; each file
 * counts once, circles or not.
 */
export function followImports(
  workspace: Workspace,
  uri: string,
  file: SourceFile,
  indexOfFile: (uri: string, file: SourceFile) => FileIndex,
): {
  readonly order: readonly string[];
  readonly imports: ReadonlyMap<number, ImportState>;
  readonly complete: boolean;
} {
  const roots = rootsFor(workspace.roots, uri);
  const targets = new Map<string, readonly WrittenImport[]>();
  const importsOfFile = (name: string): readonly WrittenImport[] => {
    const known = targets.get(name);
    if (known !== undefined) return known;
    const source = name === uri ? file : policyFile(workspace, name);
    const found = source === undefined ? [] : writtenImports(roots, name, indexOfFile(name, source));
    targets.set(name, found);
    return found;
  };

  const order: string[] = [];
  const seen = new Set<string>();
  let complete = true;
  let cyclic = false;
  const stack = [uri];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (name !== uri && policyFile(workspace, name) === undefined) {
      if (!workspace.documents.has(name) && !workspace.missing.has(name)) complete = false;
      continue;
    }
    order.push(name);
    for (const { target } of importsOfFile(name).toReversed()) {
      if (target.kind === "nowhere") complete = false;
      if (target.kind !== "file") continue;
      if (target.uri === uri) cyclic = true;
      else stack.push(target.uri);
    }
  }

  const stateOf = (target: ImportTarget): ImportState => {
    if (target.kind !== "file") return { state: "refused", target };
    const why = workspace.missing.get(target.uri);
    if (why !== undefined) return { state: "missing", uri: target.uri, why };
    if (!workspace.documents.has(target.uri)) return { state: "not-looked-for" };
    return policyFile(workspace, target.uri) === undefined
      ? { state: "missing", uri: target.uri, why: "it is no policy file" }
      : { state: "loaded", cyclic: cyclic && reaches(target.uri, uri, importsOfFile) };
  };
  const imports = new Map(importsOfFile(uri).map(({ region, target }) => [region, stateOf(target)]));
  return { order, imports, complete };
}

function reaches(from: string, goal: string, importsOfFile: (uri: string) => readonly WrittenImport[]): boolean {
  const seen = new Set<string>();
  const stack = [from];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (name === goal) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { target } of importsOfFile(name)) if (target.kind === "file") stack.push(target.uri);
  }
  return false;
}

/** Where an `import` header leads. */
interface WrittenImport {
  readonly region: number;
  readonly target: ImportTarget;
}

function writtenImports(roots: readonly string[], uri: string, index: FileIndex): readonly WrittenImport[] {
  return index.imports.flatMap((region): readonly WrittenImport[] => {
    const item = index.file.regions[region]?.item;
    if (item?.kind !== "import" || item.path === null || item.path.value === "") return [];
    return [{ region, target: importTarget(roots, uri, item.path.value) }];
  });
}
