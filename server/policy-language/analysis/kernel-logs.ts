import type { MemoryDeclaration } from "../../../grammar/ast.ts";
import type { SourceFile } from "../../../grammar/source-file.ts";
import type { Document } from "../../documents/document.ts";
import { rootsFor } from "../../documents/roots.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { importTarget, type ImportTarget } from "./uris.ts";

/** What has become of the log that a state of memory is read `from`. */
export type LogState =
  | { readonly state: "there"; readonly uri: string; readonly log: Document }
  | { readonly state: "missing"; readonly uri: string; readonly why: string }
  | { readonly state: "not-looked-for" }
  | { readonly state: "refused"; readonly target: Exclude<ImportTarget, { readonly kind: "file" }> };

/**
 * The log of a path that stands in the file `base`, found as an import is. `uri`: the file that is looked at, whose
 * workspace counts.
 */
export function logState(workspace: Workspace, uri: string, base: string, path: string): LogState {
  const target = importTarget(rootsFor(workspace.roots, uri), base, path);
  if (target.kind !== "file") return { state: "refused", target };
  const why = workspace.missing.get(target.uri);
  if (why !== undefined) return { state: "missing", uri: target.uri, why };
  const log = workspace.documents.get(target.uri);
  return log === undefined ? { state: "not-looked-for" } : { state: "there", uri: target.uri, log };
}

/** The path of the log that a state of memory is read from; null: it is written out. */
export function logPathOf({ source }: MemoryDeclaration): string | null {
  return source?.kind === "from" ? source.path.value : null;
}

/** The logs that a file reads states of memory from, in order, wherever they lie. */
export function logsOf(uri: string, file: SourceFile): readonly string[] {
  const found: string[] = [];
  for (const index of file.leading) {
    const region = file.regions[index];
    const item = region?.kind === "memory" ? region.item : null;
    const path = item?.kind === "memory" ? logPathOf(item) : null;
    if (path === null || path === "") continue;
    const target = importTarget([], uri, path);
    if ("uri" in target) found.push(target.uri);
  }
  return found;
}
