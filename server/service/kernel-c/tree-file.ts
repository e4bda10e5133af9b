import type { Document } from "../../documents/document.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { keptFor } from "../../model/kept.ts";
import { treeConfig, versionOfMakefile, type TreeConfig } from "../../c-source/text/kernel-tree.ts";

/** A file that says what kernel a tree is: the Makefile at its root, or its `.config`. */
export interface TreeFile extends Document {
  readonly kind: "kernel-tree-file";
}

const isTreeFile = (document: Document): document is TreeFile => document.kind === "kernel-tree-file";

export const openTreeFile = (text: string): TreeFile => ({ kind: "kernel-tree-file", text });

const MAKEFILE = "Makefile";
const CONFIG = ".config";

/** Folders above a file that are looked at. */
const MOST_FOLDERS = 16;

/** The folders that a file stands in, from its own outwards, each with `/` at its end. */
function foldersOf(uri: string): readonly string[] {
  const start = /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?\//i.exec(uri)?.[0];
  if (start === undefined) return [];
  const folders: string[] = [];
  for (let end = uri.lastIndexOf("/"); end >= start.length - 1 && folders.length < MOST_FOLDERS; ) {
    folders.push(uri.slice(0, end + 1));
    end = end === 0 ? -1 : uri.lastIndexOf("/", end - 1);
  }
  return folders;
}

/** The files that may say what kernel a C file belongs to. */
export function treeFilesFor(uri: string): readonly string[] {
  return foldersOf(uri).flatMap((folder) => [folder + MAKEFILE, folder + CONFIG]);
}

/** The tree that a C file stands in. */
export interface KernelTree {
  /** Of the root, with `/` at its end. */
  readonly root: string;
  readonly makefile: TreeFile;
  readonly config: TreeFile | null;
}

/** Finds the Makefile above a file that sets a kernel's version; null: the file is in no kernel tree. */
export function treeOf(workspace: Workspace, uri: string): KernelTree | null {
  for (const root of foldersOf(uri)) {
    const makefile = treeFile(workspace, root + MAKEFILE);
    if (makefile !== null && versionOf(makefile) !== null)
      return { root, makefile, config: treeFile(workspace, root + CONFIG) };
  }
  return null;
}

function treeFile(workspace: Workspace, uri: string): TreeFile | null {
  const document = workspace.documents.get(uri);
  return document !== undefined && isTreeFile(document) ? document : null;
}

/** The version that a Makefile sets; null: none of a kernel. */
const versionOf = keptFor(({ text }: TreeFile) => versionOfMakefile(text));

/** What a `.config` says; null where it says nothing. */
export const configOf = keptFor(({ text }: TreeFile): TreeConfig | null => treeConfig(text));
