import { isKeyword } from "../../../grammar/index.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { allApis } from "../../model/apis.ts";
import { BUILT_IN } from "../analysis/region-names.ts";
import { isBuiltInContext } from "../findings/names.ts";

/**
 * The text of a declaration without the words that may be names. Where two that are valid have one skeleton, and their
 * words are plain names, they have the same tree but for those.
 */
export interface Skeleton {
  readonly text: string;
  /** Offsets in the region: where it begins, and where it ends. */
  readonly start: number;
  readonly end: number;
  readonly words: readonly { readonly text: string; readonly start: number }[];
}

/** Blanks and comments of one line; where others stand before a declaration, its tree says where it begins. */
const BEFORE = /(?:\s+|\/\/[^\n\r]*)*/y;
const WORD = /[A-Za-z_]\w*/g;

/** Null where it cannot be told without the tree where the declaration begins. */
export function skeletonOf({ text, kind }: Region): Skeleton | null {
  BEFORE.lastIndex = 0;
  BEFORE.test(text);
  const start = BEFORE.lastIndex;
  if (kind === null || !text.startsWith(kind, start)) return null;
  const end = text.trimEnd().length;
  const words: { readonly text: string; readonly start: number }[] = [];
  let skeleton = "";
  let at = start;
  WORD.lastIndex = start + kind.length;
  for (let found = WORD.exec(text); found !== null; found = WORD.exec(text)) {
    const [word] = found;
    if (isKeyword(word) || isKnown(word)) continue;
    skeleton += `${text.slice(at, found.index)}\0`;
    words.push({ text: word, start: found.index });
    at = found.index + word.length;
  }
  return { text: skeleton + text.slice(at, end), start, end, words };
}

const APIS: ReadonlySet<string> = new Set(allApis().map(({ name }) => name));

/** It means something without a declaration, and is seldom declared. */
const isKnown = (word: string): boolean => BUILT_IN.has(word) || APIS.has(word) || isBuiltInContext(word);

/** Neither a word of the language nor one that means something as the name of a request. */
export function isPlainName(name: string): boolean {
  return !isKeyword(name) && name !== "none";
}
