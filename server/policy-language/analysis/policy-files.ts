import type { SourceFile } from "../../../grammar/source-file.ts";
import type { Document } from "../../documents/document.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { importTarget } from "./uris.ts";

/** Whether a document is a file of the policy language; null and undefined are none. */
export function isPolicyFile(document: Document | null | undefined): document is SourceFile {
  return document?.kind === "allocpolicy";
}

/** A policy file of the workspace; undefined where there is none, or a document of another kind. */
export function policyFile(workspace: Workspace, uri: string): SourceFile | undefined {
  const document = workspace.documents.get(uri);
  return isPolicyFile(document) ? document : undefined;
}

/** All policy files of the workspace, with their uris. */
export function policyFiles(workspace: Workspace): readonly (readonly [string, SourceFile])[] {
  return [...workspace.documents].flatMap(([uri, document]) =>
    isPolicyFile(document) ? [[uri, document] as const] : [],
  );
}

/**
 * The files that a file imports, in order, wherever they lie: who reads them asks first whether they are in the
 * workspace.
 */
export function importsOf(uri: string, file: SourceFile): readonly string[] {
  const found: string[] = [];
  for (const index of file.leading) {
    const region = file.regions[index];
    const item = region?.kind === "import" ? region.item : null;
    if (item?.kind !== "import" || item.path === null || item.path.value === "") continue;
    const target = importTarget([], uri, item.path.value);
    if ("uri" in target) found.push(target.uri);
  }
  return found;
}
