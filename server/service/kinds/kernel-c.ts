import { actionsInC, findingsOfC, relatedInC } from "../kernel-c/findings.ts";
import { editC, isCDocument, openC, type CDocument } from "../kernel-c/c-document.ts";
import { hintsInC } from "../kernel-c/hints.ts";
import { callExplained, hoverInC } from "../kernel-c/hover.ts";
import { kernelInForceInC } from "../kernel-c/judged.ts";
import { headersFor } from "../kernel-c/local-headers.ts";
import { treeFilesFor } from "../kernel-c/tree-file.ts";
import { SAMPLE } from "./_c-sample.ts";
import { documentKind, type DocumentKind } from "../document-kind.ts";

/**
 * C files of a kernel. Others have names, formatting and completion in hand; what is answered here is what a mask, a
 * call that allocates and a lock mean.
 */
export const kernelC: DocumentKind = documentKind<CDocument>({
  name: "kernel-c",
  is: isCDocument,
  languageIds: ["c", "cpp"],
  extensions: [".c", ".h"],
  listed: false,
  // Editors take a header for C++ as often as for C.
  guest: { c: null, cpp: "**/*.h" },
  sample: SAMPLE,
  sampledBeside: "Kbuild",
  open: openC,
  edit: editC,
  watched: ["**/*.h"],
  references: (uri, document) => [
    ...treeFilesFor(uri).map((file) => ({ uri: file, kind: "kernel-tree-file" })),
    ...headersFor(uri, document).flatMap((files) => files.map((file) => ({ uri: file, kind: "kernel-c" }))),
  ],
  answers: {
    findings: findingsOfC,
    related: relatedInC,
    actions: actionsInC,
    hover: hoverInC,
    hints: hintsInC,
    call: callExplained,
    kernelInForce: kernelInForceInC,
  },
});
