import { readCFile, type CFile } from "../../c-source/c-file.ts";
import type { Edit } from "../../../grammar/source-file.ts";
import type { Document } from "../../documents/document.ts";
import { KERNEL_C } from "../../documents/settings.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { includesAllocators, type TreeConfig } from "../../c-source/kernel-tree.ts";
import type { CodeEvidence } from "../code-evidence.ts";
import { evidenceIn } from "./evidence.ts";
import { configOf, treeOf, type KernelTree } from "./tree-file.ts";

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
  readonly config: TreeConfig | null;
  readonly evidence: CodeEvidence;
  readonly file: CFile;
}

const readings = new WeakMap<CDocument, Reading>();

/** A kernel's C file as it is read in its tree, with what the policies of the workspace say of its functions. */
export interface KernelCFile {
  readonly document: CDocument;
  readonly file: CFile;
  readonly tree: KernelTree | null;
  readonly evidence: CodeEvidence;
}

/** Null: it is none of a kernel's, or reading C is switched off. */
export function kernelCFile(workspace: Workspace, uri: string): KernelCFile | null {
  const document = workspace.documents.get(uri);
  if (document === undefined || !isCDocument(document)) return null;
  if ((workspace.settings.kernelC ?? KERNEL_C) === "off") return null;
  const tree = treeOf(workspace, uri);
  if (tree === null && !includesAllocators(document.text)) return null;
  const config = tree?.config == null ? null : configOf(tree.config);
  const evidence = evidenceIn(workspace);
  const known = readings.get(document);
  if (known !== undefined && known.config === config && known.evidence === evidence)
    return { document, file: known.file, tree, evidence };
  const build = config?.build ?? { options: null };
  const file = readCFile(
    document.text,
    { build, wrappers: evidence.wrappers, allocators: evidence.allocators },
    document.before,
  );
  readings.set(document, { config, evidence, file });
  return { document, file, tree, evidence };
}
