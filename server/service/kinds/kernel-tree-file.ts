import { documentKind, type DocumentKind } from "../document-kind.ts";
import { kernelC as c } from "../kernel-c/piece.ts";
import type { TreeFile } from "../kernel-c/tree-file.ts";

/** The Makefile and `.config` of a kernel tree: read for what they say of the C files below them, never shown. */
export const kernelTreeFile: DocumentKind = documentKind<TreeFile>({
  name: "kernel-tree-file",
  is: (document): document is TreeFile => document.kind === "kernel-tree-file",
  languageIds: [],
  listed: false,
  watched: ["**/Makefile", "**/.config"],
  open: (text) => c().openTreeFile(text),
  answers: {},
});
