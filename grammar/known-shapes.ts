import type { Item, Problem } from "./ast.ts";
import type { Cut } from "./cut.ts";
import { lex, type Scan, type TokenColumns } from "./lexer.ts";
import { parser } from "./parser.ts";
import { PADDING } from "./parser/token-numbers.ts";
import type { Region } from "./source-file.ts";
import * as T from "./tokens.ts";
import { docBetween, regionEnd } from "./trivia.ts";

/**
 * Declarations that need not be parsed to know whether they are valid: the strict parser goes by the types of the
 * tokens alone, so that where it accepted a sequence of types, with those that follow, it accepts every other such
 * sequence, and where it gave up it gives up again. Files are made of few kinds of declarations, each written many
 * times, and files that a merge tore are torn alike.
 */

/** How many tokens behind a declaration are part of its shape: as many as the parser and `beginsItem` may look at. */
export const WINDOW = 3;
/** Longer declarations are parsed, and so many shapes are kept. */
const LONGEST = 400;
const MOST_SHAPES = 4000;

const KINDS = new Map<number, Item["kind"]>([
  [T.indexOf(T.Kernel), "kernel"],
  [T.indexOf(T.Config), "config"],
  [T.indexOf(T.Import), "import"],
  [T.indexOf(T.Flags), "flags"],
  [T.indexOf(T.Flag), "flag"],
  [T.indexOf(T.Transform), "transform"],
  [T.indexOf(T.Allocator), "allocator"],
  [T.indexOf(T.Context), "context"],
  [T.indexOf(T.Scope), "scope"],
  [T.indexOf(T.Request), "request"],
  [T.indexOf(T.Policy), "policy"],
  [T.indexOf(T.Memory), "memory"],
  [T.indexOf(T.Expect), "expect"],
]);
/** By the number of a type, whether it begins an item. */
const BEGINS = new Uint8Array(1 + Math.max(...T.VOCABULARY.map(T.indexOf)));
for (const kind of KINDS.keys()) BEGINS[kind] = 1;
const NAMELESS: ReadonlySet<Item["kind"] | null> = new Set(["kernel", "config", "import", null]);

/**
 * The tokens from an item's first, at `index`, to the first of the next line that may begin another, at `next`, or to
 * the end of the text.
 */
export interface Stretch {
  readonly index: number;
  readonly next: number;
  /** Of the types of its tokens, and of those behind that count. */
  readonly hash: number;
}

interface Shape {
  readonly types: Uint16Array;
  /** How many tokens from its first on the parser looked at before it gave up; null: it is valid. */
  readonly seen: number | null;
}

/** By hash, what the parser makes of stretches. */
const known = new Map<number, readonly Shape[]>();
let howMany = 0;

/**
 * The stretch that begins with the token at `index`, where that and the one behind it stand in the first column of
 * their lines. `unfinished`: it may go on behind what was read.
 */
export function stretchAt(
  text: string,
  start: number,
  { columns, openComment, complete }: Scan,
  index: number,
): Stretch | "unfinished" | null {
  const { kinds, indents, count } = columns;
  if (openComment || indents[index] !== 0 || BEGINS[kinds[index] ?? 0] !== 1) return null;
  if (start !== 0 && text.charCodeAt(start - 1) !== 10) return null;
  const end = complete ? count : count - WINDOW - 1;
  const most = Math.min(index + LONGEST, end);
  let next = index + 1;
  while (next < most && (indents[next] !== 0 || BEGINS[kinds[next] ?? 0] !== 1)) next++;
  if (next >= most && !(complete && next === count)) return next >= end && !complete ? "unfinished" : null;
  let hash = 0;
  for (let i = index; i < next + WINDOW; i++) hash = (Math.imul(hash, 31) + (kinds[i] ?? 0)) | 0;
  return { index, next, hash };
}

/**
 * Notes what the parser made of a stretch: it accepted it and read all of it, or gave up.
 * @param seen how many of its tokens, and of those that count behind, it looked at before it gave up; null: it did not
 */
export function noteShape({ kinds }: TokenColumns, { index, next, hash }: Stretch, seen: number | null): void {
  if (howMany >= MOST_SHAPES) {
    known.clear();
    howMany = 0;
  }
  // A copy: the columns would stay with it.
  const shape = { types: kinds.slice(index, next + WINDOW), seen };
  known.set(hash, [...(known.get(hash) ?? []), shape]);
  howMany += 1;
}

/** What the parser makes of a stretch; null where that is not known. */
export function shapeOf({ kinds }: TokenColumns, { index, next, hash }: Stretch): Shape | null {
  for (const shape of known.get(hash) ?? NO_SHAPES) {
    const { types } = shape;
    if (types.length !== next + WINDOW - index) continue;
    let i = 0;
    while (i < types.length && types[i] === kinds[index + i]) i++;
    if (i === types.length) return shape;
  }
  return null;
}

const NO_SHAPES: readonly Shape[] = [];

/** The region of a stretch that is known to be valid, and where it ends. */
export function regionOf(
  text: string,
  start: number,
  columns: TokenColumns,
  index: number,
  next: number,
  cut: Cut,
): { readonly region: Region; readonly end: number } {
  const { kinds, starts, ends } = columns;
  const end = regionEnd(text, ends[next - 1] ?? start, starts[next] ?? text.length);
  const kind = KINDS.get(kinds[index] ?? 0) ?? null;
  const name = NAMELESS.has(kind) ? null : cut(text, starts[index + 1] ?? 0, ends[index + 1] ?? 0);
  return { region: new ValidRegion(cut(text, start, end), kind, name), end };
}

const NO_PROBLEMS: readonly Problem[] = [];

class ValidRegion implements Region {
  readonly text: string;
  readonly kind: Item["kind"] | null;
  readonly name: string | null;
  readonly problems = NO_PROBLEMS;
  #item: Item | null = null;

  constructor(text: string, kind: Item["kind"] | null, name: string | null) {
    this.text = text;
    this.kind = kind;
    this.name = name;
  }

  get item(): Item | null {
    this.#item ??= readAlone(this.text);
    return this.#item;
  }
}

/** The tree of a text that holds one valid item. */
function readAlone(text: string): Item | null {
  const tokens = [...lex(text).tokens, ...Array.from({ length: PADDING }, () => T.END)];
  const read = parser().readStrict(tokens, 0, 0, docBetween(text, 0, tokens[0]?.startOffset ?? 0));
  return read.valid ? read.item : null;
}
