import { isKeyword } from "../../../grammar/index.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { allApis } from "../../model/apis.ts";
import { isMaskOfKernels } from "../analysis/region-names.ts";
import { isBuiltInContext } from "../findings/names/unknown-names.ts";

/**
 * The text of a declaration without the words that may be names, and without the size of a request. Where two that are
 * valid have one skeleton, and their words are plain names, they have the same tree but for those.
 */
export interface Skeleton {
  /** Equal for equal texts without those words. */
  readonly shape: number;
  /** Offsets in the region: where it begins, and where it ends. */
  readonly start: number;
  readonly end: number;
  readonly words: readonly Word[];
  /** Of a request, the digits behind the first `size`. */
  readonly size: Word | null;
}

export interface Word {
  readonly text: string;
  readonly start: number;
}

/** So many shapes are known; then those that come get other numbers. */
const MOST_SHAPES = 10_000;
const shapes = new Map<string, number>();
let lastShape = 0;

function shapeOf(text: string): number {
  const known = shapes.get(text);
  if (known !== undefined) return known;
  if (shapes.size >= MOST_SHAPES) shapes.clear();
  lastShape += 1;
  shapes.set(text, lastShape);
  return lastShape;
}

/** Blanks and comments of one line; where others stand before a declaration, its tree says where it begins. */
const BEFORE = /(?:\s+|\/\/[^\n\r]*)*/y;

/** Where what is no blank and no comment of one line begins. */
export function beginningOf(text: string): number {
  BEFORE.lastIndex = 0;
  BEFORE.test(text);
  return BEFORE.lastIndex;
}

const WORD = /[A-Za-z_]\w*/g;

/** As many digits as a size may have of which another one may be alike. */
const SIZE = /\s+(\d{1,10})(?![\w.])/y;

/** A declaration of more words that may be names is read by its tree. */
const MOST_WORDS = 100;
const skeletons = new WeakMap<Region, Skeleton | { readonly shape: null }>();

/** Null where it cannot be told without the tree where the declaration begins. */
export function skeletonOf(region: Region): Skeleton | null {
  const known = skeletons.get(region) ?? newSkeleton(region) ?? { shape: null };
  skeletons.set(region, known);
  return known.shape === null ? null : known;
}

function newSkeleton({ text, kind, problems }: Region): Skeleton | null {
  if (kind === null || problems.length > 0 || text.includes("\0")) return null;
  const start = beginningOf(text);
  if (!text.startsWith(kind, start)) return null;
  const end = text.trimEnd().length;
  const words: Word[] = [];
  let size: Word | null = null;
  let rest = "";
  let at = start;
  WORD.lastIndex = start + kind.length;
  for (let found = WORD.exec(text); found !== null; found = WORD.exec(text)) {
    const [word] = found;
    if (word === "size" && kind === "request" && size === null) {
      SIZE.lastIndex = WORD.lastIndex;
      const [behind = "", digits = ""] = SIZE.exec(text) ?? [];
      if (digits === "") continue;
      size = { text: digits, start: WORD.lastIndex + behind.length - digits.length };
      rest += `${text.slice(at, size.start)}\0\0`;
      at = WORD.lastIndex + behind.length;
      continue;
    }
    if (isKeyword(word) || isKnown(word)) continue;
    rest += `${text.slice(at, found.index)}\0`;
    if (words.length === MOST_WORDS) return null;
    words.push({ text: word, start: found.index });
    at = found.index + word.length;
  }
  return { shape: shapeOf(rest + text.slice(at, end)), start, end, words, size };
}

const APIS: ReadonlySet<string> = new Set(allApis().map(({ name }) => name));

/** It means something without a declaration, and is seldom declared. */
export const isKnown = (word: string): boolean => isMaskOfKernels(word) || APIS.has(word) || isBuiltInContext(word);

/** Neither a word of the language nor one that means something as the name of a request. */
export function isPlainName(name: string): boolean {
  return !isKeyword(name) && name !== "none";
}
