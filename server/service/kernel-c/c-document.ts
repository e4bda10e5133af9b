import type { CFile } from "../../c-source/functions/c-file.ts";
import { includedIn } from "../../c-source/functions/headers.ts";
import type { Edit } from "../../../grammar/source-file.ts";
import type { Document } from "../../documents/document.ts";

/** A C file. It is read when something is asked of it; what did not change is taken from the reading before. */
export interface CDocument extends Document {
  readonly kind: "kernel-c";
  /** The last reading of an earlier text. */
  readonly before: CFile | null;
  /** The headers that it includes by a name in quotes: the same list for as long as they are the same. */
  readonly includes: readonly string[];
}

export const isCDocument = (document: Document): document is CDocument => document.kind === "kernel-c";

export const openC = (text: string): CDocument => ({
  kind: "kernel-c",
  text,
  before: null,
  includes: includedIn(text),
});

/** The last reading of each document. */
const files = new WeakMap<CDocument, CFile>();

/** Keeps a reading, for those of the texts that come of this one. */
export function noteReading(document: CDocument, file: CFile): void {
  files.set(document, file);
}

export function editC(document: CDocument, { start, end, text }: Edit): CDocument {
  const edited = document.text.slice(0, start) + text + document.text.slice(end);
  const includes = includedIn(edited);
  const isSame =
    includes.length === document.includes.length && includes.every((name, at) => name === document.includes[at]);
  return {
    kind: "kernel-c",
    text: edited,
    before: files.get(document) ?? document.before,
    includes: isSame ? document.includes : includes,
  };
}
