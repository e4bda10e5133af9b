import { documentKind, type DocumentKind } from "../document-kind.ts";
import { isTreeFile, openTreeFile, type TreeFile } from "../kernel-c/tree-file.ts";

/** The Makefile and `.config` of a kernel tree: read for what they say of the C files below them, never shown. */
export const kernelTreeFile: DocumentKind = documentKind<TreeFile>({
  name: "kernel-tree-file",
  is: isTreeFile,
  languageIds: [],
  listed: false,
  watched: ["**/Makefile", "**/.config"],
  open: openTreeFile,
  answers: {},
});
