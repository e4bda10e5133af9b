// What the service has to say of C, for piece.ts.
export { actionsInC, findingsOfC, relatedInC } from "./findings.ts";
export { editC, openC } from "./c-document.ts";
export { callersPage } from "./callers-page.ts";
export { callExplained, hoverInC } from "./hover.ts";
export { headersFor } from "./local-headers.ts";
export { hintsInC } from "./hints.ts";
export { openTreeFile, treeFilesFor } from "./tree-file.ts";
export { kernelInForceInC } from "./judged.ts";
