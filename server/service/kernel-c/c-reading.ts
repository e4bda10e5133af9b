import { EDITED_LATER, readCFile, type CFile } from "../../c-source/functions/c-file.ts";
import { together, type Header } from "../../c-source/functions/headers.ts";
import { withHeader } from "../../c-source/functions/module.ts";
import { KERNEL_C } from "../../documents/settings.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { includesAllocators, type TreeConfig } from "../../c-source/text/kernel-tree.ts";
import type { CodeEvidence } from "../code-evidence.ts";
import { isCDocument, noteReading, type CDocument } from "./c-document.ts";
import { evidenceIn } from "./evidence.ts";
import { localHeaders } from "./local-headers.ts";
import { configOf, treeOf, type KernelTree } from "./tree-file.ts";

interface Reading {
  readonly config: TreeConfig | null;
  readonly evidence: CodeEvidence;
  readonly headers: readonly Header[];
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

const AS_WRITTEN = { options: null };

/** Null: it is none of a kernel's, or reading C is switched off. */
export function kernelCFile(workspace: Workspace, uri: string): KernelCFile | null {
  const document = workspace.documents.get(uri);
  if (document === undefined || !isCDocument(document)) return null;
  if ((workspace.settings.kernelC ?? KERNEL_C) === "off") return null;
  const tree = treeOf(workspace, uri);
  if (tree === null && !includesAllocators(document.text)) return null;
  const config = tree?.config == null ? null : configOf(tree.config);
  const evidence = evidenceIn(workspace);
  const options = {
    build: config?.build ?? AS_WRITTEN,
    wrappers: evidence.wrappers,
    allocators: evidence.allocators,
  };
  const headers = localHeaders(workspace, uri, document, options);
  const known = readings.get(document);
  if (known !== undefined && known.config === config && known.evidence === evidence && isSame(known.headers, headers))
    return { document, file: known.file, tree, evidence };
  const file = readCFile(document.text, withHeader(options, together(headers)), document.before ?? EDITED_LATER);
  readings.set(document, { config, evidence, headers, file });
  noteReading(document, file);
  return { document, file, tree, evidence };
}

const isSame = (some: readonly Header[], others: readonly Header[]): boolean =>
  some.length === others.length && some.every((header, at) => header === others[at]);
