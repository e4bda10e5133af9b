import { copy } from "./cut.ts";
import { lineChanges, type LineChange } from "./line-changes.ts";
import { print, type PlacedItem, type Printed } from "./printer.ts";
import { parseFile } from "./regions.ts";
import type { Region, SourceFile } from "./source-file.ts";
import { isKeyword } from "./tokens.ts";

/** The formatter: prints a file declaration by declaration, and again only what changed. */

export type Formatted = { readonly kind: "formatted"; readonly text: string } | { readonly kind: "damaged" };

/** Whole lines of a file, [start, end), and what stands there in the house style. */
export interface FormattedPart {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Where that differs from what stands there now; offsets from `start`. */
  readonly changes: readonly LineChange[];
}

/**
 * The text in the house style, with the same comments and the same tree. A text with syntax problems is left alone.
 * Line endings are kept: CRLF if the text has any.
 */
export function format(text: string): Formatted {
  const parts = formattedParts(parseFile(text));
  return parts === null ? { kind: "damaged" } : { kind: "formatted", text: parts.map((part) => part.text).join("") };
}

/** A file in the house style as `format` gives it, in parts that follow each other; null for a file with damage. */
export function formattedParts(file: SourceFile): readonly FormattedPart[] | null {
  if (file.regions.some((region) => region.problems.length > 0)) return null;
  const lineEnd = file.text.includes("\r\n") ? "\r\n" : "\n";
  const parts: FormattedPart[] = [];
  const groups = lineGroups(file);
  for (let i = 0; i < groups.length; ) {
    const first = groups[i];
    if (first === undefined) break;
    let next = i + 1;
    let end = first.to;
    if (first.printed.joins) {
      for (let group = groups[next]; group?.printed.joins === true && !group.printed.isApart; group = groups[next]) {
        end = group.to;
        next += 1;
      }
    }
    const whole = next === i + 1 ? first.printed : printed(file, first.from, end);
    const mark = i === 0 && file.text.startsWith("\ufeff") ? "\ufeff" : "";
    parts.push(partOf(file, file.starts[first.from] ?? 0, file.starts[end] ?? file.text.length, whole, mark, lineEnd));
    i = next;
  }
  return parts;
}

function partOf(
  file: SourceFile,
  start: number,
  end: number,
  whole: PrintedPart,
  mark: string,
  lineEnd: string,
): FormattedPart {
  if (mark === "" && lineEnd === "\n") return new PartAsPrinted(start, end, whole);
  const text = mark + withLineEnds(whole.text, lineEnd);
  return { start, end, text, changes: lineChanges(file.text.slice(start, end), text) };
}

class PartAsPrinted implements FormattedPart {
  readonly start: number;
  readonly end: number;
  readonly #printed: PrintedPart;

  constructor(start: number, end: number, printed: PrintedPart) {
    this.start = start;
    this.end = end;
    this.#printed = printed;
  }

  get text(): string {
    return this.#printed.text;
  }

  get changes(): readonly LineChange[] {
    return this.#printed.changes;
  }
}

function withLineEnds(text: string, lineEnd: string): string {
  return lineEnd === "\n" ? text : text.replace(/\n/g, lineEnd);
}

/** The regions [from, to), which stand on lines of their own, and how they are printed by themselves. */
interface LineGroup {
  readonly from: number;
  readonly to: number;
  readonly printed: PrintedPart;
}

/** Declarations as they are printed, and in which lines that is not how they stand. */
interface PrintedPart extends Printed {
  readonly changes: readonly LineChange[];
}

function lineGroups(file: SourceFile): readonly LineGroup[] {
  const groups: LineGroup[] = [];
  const { regions } = file;
  for (let from = 0; from < regions.length; ) {
    let to = from + 1;
    while (to < regions.length && !endsLine(regions[to - 1])) to += 1;
    groups.push({ from, to, printed: printed(file, from, to) });
    from = to;
  }
  return groups;
}

function endsLine(region: Region | undefined): boolean {
  return region === undefined || region.text.endsWith("\n");
}

/** What was printed of regions that follow each other, by the first of them. */
interface Kept {
  readonly regions: readonly Region[];
  readonly beginsFile: boolean;
  readonly printed: PrintedPart;
}

const alone = new WeakMap<Region, Kept>();
const together = new WeakMap<Region, Kept>();

const NO_CHANGES: readonly LineChange[] = [];

function printed(file: SourceFile, from: number, to: number): PrintedPart {
  const first = file.regions[from];
  if (first === undefined) return { text: "", isApart: false, joins: false, changes: NO_CHANGES };
  const beginsFile = from === 0;
  const isAlone = to === from + 1;
  const kept = isAlone ? alone : together;
  const before = kept.get(first);
  if (isAlone && before?.beginsFile === beginsFile) return before.printed;
  const regions = file.regions.slice(from, to);
  if (before?.beginsFile === beginsFile && isSame(before.regions, regions)) return before.printed;
  const fresh = newlyPrinted(regions, beginsFile);
  kept.set(first, { regions, beginsFile, printed: fresh });
  return fresh;
}

function newlyPrinted(regions: readonly Region[], beginsFile: boolean): PrintedPart {
  const text = regions.length === 1 ? (regions[0]?.text ?? "") : regions.map((region) => region.text).join("");
  const mayBeAlike = text.length <= LONGEST_SHAPE;
  const alike = mayBeAlike && !beginsFile ? shapeLike(text) : null;
  if (alike !== null) return new PrintedAlike(alike, text);
  const key = mayBeAlike ? shapeOf(text, beginsFile) : null;
  const known = key === null ? undefined : shapes.get(key);
  if (known !== undefined) {
    if (!beginsFile) noteLike(text, known);
    return new PrintedAlike(known, text);
  }
  const items: PlacedItem[] = [];
  let base = 0;
  for (const { item, text: own } of regions) {
    if (item !== null) items.push({ item, base });
    base += own.length;
  }
  const made = print(text, items, beginsFile);
  if (key !== null) noteShape(key, text, made);
  // The text is kept once.
  return made.text === text ? { ...made, text, changes: NO_CHANGES } : new NewlyPrinted(made, text);
}

class NewlyPrinted implements PrintedPart {
  readonly text: string;
  readonly isApart: boolean;
  readonly joins: boolean;
  readonly #before: string;
  #changes: readonly LineChange[] | null = null;

  constructor({ text, isApart, joins }: Printed, before: string) {
    this.text = text;
    this.isApart = isApart;
    this.joins = joins;
    this.#before = before;
  }

  get changes(): readonly LineChange[] {
    this.#changes ??= lineChanges(this.#before, this.text);
    return this.#changes;
  }
}

/**
 * What the printer goes by: a text without what its names are called and its numbers come to. Of those it asks for the
 * length alone, so that valid texts of one shape are printed alike, each with its own, and only the first of them has
 * need of a tree.
 */
function shapeOf(text: string, beginsFile: boolean): string {
  const key = text.replace(WORD, (word) =>
    isKeyword(word) ? word : (word.charCodeAt(0) <= NINE ? "0" : "x").repeat(word.length),
  );
  return beginsFile ? `^${key}` : key;
}

/** Names, the words of the language, and whole numbers of nothing but digits. */
const WORD = /\b(?:[A-Za-z_]\w*|\d+\b)/g;
const NINE = 57;
const LONGEST_SHAPE = 2000;

/** A text, with the names of another one in it: which stretches of that. */
type Pattern = readonly (string | Stretch)[];

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** How the texts of one shape are printed; null: as they stand. */
interface KnownShape extends Omit<Printed, "text"> {
  readonly out: { readonly text: Pattern; readonly changes: readonly (Stretch & { readonly text: Pattern })[] } | null;
}

const shapes = new Map<string, KnownShape>();
const MOST_SHAPES = 4000;

/** A text of some shape, to know others by. */
interface Like {
  readonly shape: KnownShape;
  readonly words: readonly (Stretch & { readonly isNumber: boolean })[];
  /** The texts between those: one more than there are of them. */
  readonly between: readonly string[];
}

/**
 * By their length: texts of one shape have the same, and the same stretches between their names. A few comparisons tell
 * that, where to make the shape takes a look at each word.
 */
const likes = new Map<number, readonly Like[]>();
const NO_LIKES: readonly Like[] = [];
const MOST_LIKES = 8;
const MOST_LENGTHS = 400;

function noteLike(text: string, shape: KnownShape): void {
  const words = [...text.matchAll(WORD)].flatMap(({ 0: word, index }) =>
    isKeyword(word) ? [] : [{ start: index, end: index + word.length, isNumber: word.charCodeAt(0) <= NINE }],
  );
  const ends = [0, ...words.map(({ end }) => end)];
  const between = ends.map((end, i) => copy(text, end, words[i]?.start ?? text.length));
  if (likes.size >= MOST_LENGTHS) likes.clear();
  const before = likes.get(text.length) ?? NO_LIKES;
  likes.set(text.length, [{ shape, words, between }, ...before].slice(0, MOST_LIKES));
}

/** The shape of a text, where one of those that were met lately has it. */
function shapeLike(text: string): KnownShape | null {
  for (const like of likes.get(text.length) ?? NO_LIKES) if (isLike(like, text)) return like.shape;
  return null;
}

const NAME = /[A-Za-z_]\w*/y;
const DIGITS = /\d+/y;

function isLike({ words, between }: Like, text: string): boolean {
  let at = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined || !text.startsWith(between[i] ?? "", at)) return false;
    const kind = word.isNumber ? DIGITS : NAME;
    kind.lastIndex = word.start;
    if (!kind.test(text) || kind.lastIndex !== word.end) return false;
    if (!word.isNumber && isKeyword(text.slice(word.start, word.end))) return false;
    at = word.end;
  }
  return text.startsWith(between[words.length] ?? "", at);
}

function withNamesOf(text: string, pattern: Pattern): string {
  let out = "";
  for (const piece of pattern) out += typeof piece === "string" ? piece : text.slice(piece.start, piece.end);
  return out;
}

class PrintedAlike implements PrintedPart {
  readonly isApart: boolean;
  readonly joins: boolean;
  readonly #shape: KnownShape;
  readonly #before: string;
  #changes: readonly LineChange[] | null = null;

  constructor(shape: KnownShape, before: string) {
    this.isApart = shape.isApart;
    this.joins = shape.joins;
    this.#shape = shape;
    this.#before = before;
  }

  get text(): string {
    const { out } = this.#shape;
    return out === null ? this.#before : withNamesOf(this.#before, out.text);
  }

  get changes(): readonly LineChange[] {
    const { out } = this.#shape;
    if (out === null) return NO_CHANGES;
    this.#changes ??= out.changes.map(({ start, end, text }) => ({
      start,
      end,
      text: withNamesOf(this.#before, text),
    }));
    return this.#changes;
  }
}

/** The first of the characters that stand for the names of a text, each for one; nobody writes them. */
const FIRST_MARK = 0xe000;
const MARKS = /[\ue000-\uf8ff]/;
const MARK_RUNS = /([\ue000-\uf8ff])\1*/g;
const MOST_NAMES = 6000;

function noteShape(key: string, text: string, { text: out, isApart, joins }: Printed): void {
  const shape = out === text ? null : patternsOf(text, out);
  if (shape === undefined) return;
  if (shapes.size >= MOST_SHAPES) {
    shapes.clear();
    likes.clear();
  }
  shapes.set(key, { out: shape, isApart, joins });
}

/**
 * How a text is printed, whatever its names are called; undefined where other names stand in what is printed, or in
 * another order. Lines are compared with a mark in the place of each name: two that are the same by chance are not.
 */
function patternsOf(text: string, out: string): KnownShape["out"] | undefined {
  const names = namesIn(text);
  const printedNames = namesIn(out);
  if (MARKS.test(text) || names.length > MOST_NAMES || names.length !== printedNames.length) return undefined;
  if (names.some(({ word }, i) => word !== printedNames[i]?.word)) return undefined;
  const [before, after] = [marked(text, names), marked(out, printedNames)];
  const patternOf = (own: string): Pattern => {
    const pattern: (string | Stretch)[] = [];
    let at = 0;
    for (const { 0: run, index } of own.matchAll(MARK_RUNS)) {
      const name = names[run.charCodeAt(0) - FIRST_MARK];
      if (index > at) pattern.push(own.slice(at, index));
      if (name !== undefined) pattern.push({ start: name.start, end: name.start + name.word.length });
      at = index + run.length;
    }
    return at < own.length ? [...pattern, own.slice(at)] : pattern;
  };
  return {
    text: patternOf(after),
    changes: lineChanges(before, after).map(({ start, end, text: own }) => ({ start, end, text: patternOf(own) })),
  };
}

interface PlacedName {
  readonly word: string;
  readonly start: number;
}

function namesIn(text: string): readonly PlacedName[] {
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => (isKeyword(word) ? [] : [{ word, start: index }]));
}

/** The text with the mark of each name in its place, as long as it is. */
function marked(text: string, names: readonly PlacedName[]): string {
  let out = "";
  let end = 0;
  for (const [i, { word, start }] of names.entries()) {
    out += text.slice(end, start) + String.fromCharCode(FIRST_MARK + i).repeat(word.length);
    end = start + word.length;
  }
  return out + text.slice(end);
}

function isSame(one: readonly Region[], other: readonly Region[]): boolean {
  return one.length === other.length && one.every((region, i) => region === other[i]);
}
