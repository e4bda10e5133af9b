import { SOURCE_RULES } from "../../rules/catalogue.ts";
import { documentKind, type DocumentKind } from "../document-kind.ts";
import type { CDocument } from "../kernel-c/c-document.ts";
import { kernelC as c } from "../kernel-c/piece.ts";

/**
 * C files of a kernel. Others have names, formatting and completion in hand; what is answered here is what a mask, a
 * call that allocates and a lock mean.
 */
export const kernelC: DocumentKind = documentKind<CDocument>({
  name: "kernel-c",
  is: (document): document is CDocument => document.kind === "kernel-c",
  languageIds: ["c", "cpp"],
  extensions: [".c", ".h"],
  listed: false,
  // Editors take a header for C++ as often as for C.
  guest: { c: null, cpp: "**/*.h" },
  // What reads the examples of the rules reads a first file.
  sample: () =>
    ["#include <linux/slab.h>", ...SOURCE_RULES.flatMap(({ examples: { bad, good } }) => [bad, good])].join("\n"),
  sampledBeside: "Kbuild",
  open: (text) => c().openC(text),
  edit: (document, edit) => c().editC(document, edit),
  watched: ["**/*.h"],
  references: (uri, document) => [
    ...c()
      .treeFilesFor(uri)
      .map((file) => ({ uri: file, kind: "kernel-tree-file" })),
    ...c()
      .headersFor(uri, document)
      .flatMap((files) => files.map((file) => ({ uri: file, kind: "kernel-c" }))),
  ],
  answers: {
    findings: (...asked) => c().findingsOfC(...asked),
    related: (...asked) => c().relatedInC(...asked),
    actions: (...asked) => c().actionsInC(...asked),
    hover: (...asked) => c().hoverInC(...asked),
    hints: (...asked) => c().hintsInC(...asked),
    call: (...asked) => c().callExplained(...asked),
    kernelInForce: (...asked) => c().kernelInForceInC(...asked),
  },
});
