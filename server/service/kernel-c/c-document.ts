import { readCFile, type CFile, type ReadOptions } from "../../c-source/c-file.ts";
import type { Edit } from "../../../grammar/source-file.ts";
import type { Document } from "../../documents/document.ts";
import { KERNEL_C } from "../../documents/settings.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { configOf, treeOf } from "./tree-file.ts";

/** Where no `.config` says what is built. */
const AS_IT_IS: ReadOptions = { build: { options: null }, wrappers: new Map() };

/** A C file. It is read when something is asked of it; what did not change is taken from the reading before. */
export interface CDocument extends Document {
  readonly kind: "kernel-c";
  /** The last reading of an earlier text. */
  readonly before: CFile | null;
}

export const isCDocument = (document: Document): document is CDocument => document.kind === "kernel-c";

export const openC = (text: string): CDocument => ({ kind: "kernel-c", text, before: null });

export function editC(document: CDocument, { start, end, text }: Edit): CDocument {
  return {
    kind: "kernel-c",
    text: document.text.slice(0, start) + text + document.text.slice(end),
    before: readings.get(document)?.file ?? document.before,
  };
}

interface Reading {
  readonly options: ReadOptions;
  readonly file: CFile;
}

const readings = new WeakMap<CDocument, Reading>();
const builds = new WeakMap<object, ReadOptions>();

/** A kernel's C file as it is read in its tree; null: it is none, or reading C is switched off. */
export function kernelCFile(
  workspace: Workspace,
  uri: string,
): { readonly document: CDocument; readonly file: CFile } | null {
  const document = workspace.documents.get(uri);
  if (document === undefined || !isCDocument(document) || (workspace.settings.kernelC ?? KERNEL_C) === "off")
    return null;
  const tree = treeOf(workspace, uri);
  if (tree === null && !INCLUDES.test(document.text)) return null;
  const config = tree?.config == null ? null : configOf(tree.config);
  const options = config === null ? AS_IT_IS : (builds.get(config) ?? { ...AS_IT_IS, build: config.build });
  if (config !== null) builds.set(config, options);
  const known = readings.get(document);
  if (known !== undefined && known.options === options) return { document, file: known.file };
  const file = readCFile(document.text, options, document.before);
  readings.set(document, { options, file });
  return { document, file };
}

/** What a file outside of a kernel tree includes when it is a kernel's all the same. */
const INCLUDES = /^[ \t]*#[ \t]*include[ \t]*<linux\/(?:gfp|slab|vmalloc|mm|skbuff|mempool)\.h>/m;
