import type { FunctionItem } from "../text/items.ts";
import type { FunctionRead } from "./function-read.ts";
import { BLOCK_CLOSE, BLOCK_OPEN, CLOSE, INDEX_CLOSE, INDEX_OPEN, OPEN, type Tokens } from "../text/tokens.ts";

/** The body of a function that is known by itself: nothing in it reaches out of its braces. Offsets of the function. */
interface Body {
  /** Behind the brace that opens it, and at the one that closes it. */
  readonly from: number;
  readonly to: number;
  /** The words in it that the tables ask for, by their numbers. */
  readonly words: readonly number[];
}

/** Null: of a function whose body must be looked at every time. */
const bodies = new WeakMap<FunctionRead, Body | null>();

/** Whether a function says the same wherever its text stands. */
export const isByItself = (read: FunctionRead): boolean => bodies.get(read) != null;

/** A function whose text stands in a new text as it stood in the one before. */
export interface Unchanged {
  readonly start: number;
  readonly read: FunctionRead;
  /** The body, in the new text. */
  readonly from: number;
  readonly to: number;
  readonly words: readonly number[];
}

/** By the offset behind the brace that opens the body, in order. */
export type UnchangedFunctions = ReadonlyMap<number, Unchanged>;

/** Remembers the body of a function for the next text of its file. */
export function rememberBody(tokens: Tokens, item: FunctionItem, read: FunctionRead, words: ReadonlySet<number>): void {
  if (!bodies.has(read)) bodies.set(read, bodyOf(tokens, item, words));
}

/** Null: a directive, a bracket without its partner, or a brace in the first column may say something of the rest. */
function bodyOf(
  { text, kinds, partners, starts, ends, names }: Tokens,
  item: FunctionItem,
  words: ReadonlySet<number>,
): Body | null {
  const from = ends[item.open] ?? 0;
  const to = starts[item.close] ?? 0;
  if (/#|\n[{}]/.test(text.slice(from, to))) return null;
  const found = new Set<number>();
  for (let token = item.open + 1; token < item.close; token++) {
    if (words.has(names[token] ?? 0)) found.add(names[token] ?? 0);
    if (!isBracket(kinds[token] ?? 0)) continue;
    const partner = partners[token] ?? -1;
    if (partner <= item.open || partner >= item.close) return null;
  }
  const origin = starts[item.start] ?? 0;
  return { from: from - origin, to: to - origin, words: [...found] };
}

const BRACKETS: ReadonlySet<number> = new Set([OPEN, CLOSE, INDEX_OPEN, INDEX_CLOSE, BLOCK_OPEN, BLOCK_CLOSE]);
const isBracket = (kind: number): boolean => BRACKETS.has(kind);

/** The functions before and behind what differs between two texts of a file. */
export function unchangedIn(
  before: string,
  functions: readonly { readonly start: number; readonly read: FunctionRead }[],
  text: string,
): UnchangedFunctions {
  const same = commonStart(before, text);
  const behind = before.length - commonEnd(before, text, same);
  const found = new Map<number, Unchanged>();
  for (const { start: old, read } of functions) {
    const body = bodies.get(read);
    if (body == null || (old + read.length > same && old < behind)) continue;
    const start = old + read.length > same ? old + text.length - before.length : old;
    found.set(start + body.from, { start, read, from: start + body.from, to: start + body.to, words: body.words });
  }
  return found;
}

/** Texts are compared in pieces of so many characters. */
const PIECE = 1024;

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at + PIECE <= most && a.slice(at, at + PIECE) === b.slice(at, at + PIECE)) at += PIECE;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** How much the ends have in common, of what is not common at the start. */
function commonEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start;
  const piece = (text: string, from: number): string => text.slice(text.length - from - PIECE, text.length - from);
  let length = 0;
  while (length + PIECE <= most && piece(a, length) === piece(b, length)) length += PIECE;
  while (length < most && a.charCodeAt(a.length - length - 1) === b.charCodeAt(b.length - length - 1)) length++;
  return length;
}
