import type { Region } from "../../../grammar/source-file.ts";
import type { NameUse } from "../analysis/region-names.ts";
import { beginningOf, isKnown, isPlainName, skeletonOf, type Skeleton, type Word } from "./skeleton.ts";

/** What a name is used for. */
export type Role = Omit<NameUse, "name">;

/** A name that is left out: the own one, or that of something else. */
export interface Slot extends Word {
  readonly role: Role | "own";
}

/**
 * How declarations are read that are one text but for names, and the size of a request: by what stands between those.
 * That costs a few comparisons, where a tree costs a parser.
 */
export interface Pattern {
  /** Equal for patterns that say the same. */
  readonly id: number;
  /** That of its skeleton. */
  readonly shape: number;
  /** The texts between what differs, which is `open`: one more than there are of these. */
  readonly between: readonly string[];
  readonly open: readonly (Role | "own" | "size")[];
  /** Its words that are no names: as a name, one of them may mean something else. */
  readonly words: ReadonlySet<string>;
}

/** Where a declaration stands in its region, with the names that are left out, in order. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly slots: readonly Slot[];
  readonly size: Word | null;
  /** Of its start, of both ends of each slot, of its end. */
  readonly marks: readonly number[];
}

export function matchIn(start: number, end: number, slots: readonly Slot[], size: Word | null): Match {
  const marks = [start];
  for (const slot of slots) marks.push(slot.start, slot.start + slot.text.length);
  marks.push(end);
  return { start, end, slots, size, marks };
}

/** Null where one of the names is no word of the skeleton, or no plain one. */
export function patternOf(text: string, skeleton: Skeleton, slots: readonly Slot[]): Omit<Pattern, "id"> | null {
  const { shape, start, end, words, size } = skeleton;
  const starts = new Set(slots.map((slot) => slot.start));
  const fixed = words.filter((word) => !starts.has(word.start));
  if (words.length - fixed.length < slots.length || !slots.every((slot) => isPlainName(slot.text))) return null;
  const open = [...slots, ...(size === null ? [] : [{ ...size, role: "size" as const }])];
  open.sort((one, other) => one.start - other.start);
  const ends = [start, ...open.map((word) => word.start + word.text.length)];
  return {
    shape,
    between: ends.map((from, i) => text.slice(from, open[i]?.start ?? end)),
    open: open.map(({ role }) => role),
    words: new Set(fixed.map((word) => word.text)),
  };
}

const WORD = /[A-Za-z_]\w*/y;
const DIGITS = /\d{1,10}(?![\w.])/y;

/** What a text says by a pattern; null where it is none of those. */
function matchOf({ between, open, words }: Pattern, text: string, start: number, end: number): Match | null {
  const slots: Slot[] = [];
  let size: Word | null = null;
  let at = start;
  for (let i = 0; i < open.length; i++) {
    const before = between[i] ?? "";
    if (!text.startsWith(before, at)) return null;
    at += before.length;
    const role = open[i] ?? "own";
    const kind = role === "size" ? DIGITS : WORD;
    kind.lastIndex = at;
    if (!kind.test(text)) return null;
    const word = text.slice(at, kind.lastIndex);
    if (role === "size") size = { text: word, start: at };
    else if (words.has(word) || isKnown(word) || !isPlainName(word)) return null;
    else slots.push({ text: word, start: at, role });
    at = kind.lastIndex;
  }
  const rest = between[open.length] ?? "";
  return at + rest.length === end && text.startsWith(rest, at) ? matchIn(start, end, slots, size) : null;
}

/** So many declarations of one shape, that have other words, are kept in mind. */
const MOST_OF_SHAPE = 8;
/** So many shapes are kept in mind: each key may make one. */
const MOST_SHAPES = 1000;
/** So many of one kind are tried before it is told what shape a text has. */
const MOST_TRIED = 6;

/** So many texts that differ in other names than their own are kept in mind of one pattern. */
const MOST_TWINS = 1000;

const NONE: readonly Pattern[] = [];

/** Stands for texts of one pattern with the same names and the same size: nothing but their own names differ. */
export type Twins = { readonly pattern: Pattern };

/** How a region was read. */
export interface Reading {
  readonly match: Match;
  readonly pattern: Pattern;
  /** Null where that is not kept in mind. */
  readonly twins: Twins | null;
}

/** The patterns of a file, or of several. */
export class Patterns {
  readonly #byShape = new Map<number, readonly Pattern[]>();
  /** By kind, some that were of use, the last that came first. */
  readonly #lately = new Map<Region["kind"], readonly Pattern[]>();
  /** What regions were read as, where that is kept. */
  readonly #read = new WeakMap<Region, Reading>();
  readonly #twins = new Map<Pattern, Map<string, Twins>>();
  #lastId = 0;

  /** Whether what is read is kept: what is read behind the opening leans on what someone types, and is read again. */
  keeps = false;

  /** Notes how others are read. @returns the same pattern for what says the same */
  note(kind: Region["kind"], made: Omit<Pattern, "id">): Pattern {
    const ofShape = this.#byShape.get(made.shape) ?? [];
    const before = ofShape.find((pattern) => isSame(pattern, made));
    if (before !== undefined) return before;
    if (this.#byShape.size >= MOST_SHAPES) this.clear();
    this.#lastId += 1;
    const pattern = { ...made, id: this.#lastId };
    this.#byShape.set(made.shape, [...ofShape.slice(1 - MOST_OF_SHAPE), pattern]);
    this.#use(kind, pattern);
    return pattern;
  }

  /** How a region was read last, where that is kept. */
  kept(region: Region): Reading | null {
    return this.#read.get(region) ?? null;
  }

  /** What `read` makes of a region by the first pattern with which it can; null: there is none. */
  find<Read>(region: Region, read: (reading: Reading) => Read | null): Read | null {
    const { kind, text, problems } = region;
    if (kind === null || problems.length > 0) return null;
    const before = this.#read.get(region);
    const again = before === undefined ? null : read(before);
    if (again !== null) return again;
    const start = beginningOf(text);
    const end = text.trimEnd().length;
    const readBy = (pattern: Pattern): Read | null => {
      const match = matchOf(pattern, text, start, end);
      if (match === null) return null;
      const reading = { match, pattern, twins: this.keeps ? this.#twinsOf(pattern, match) : null };
      const made = read(reading);
      if (made !== null && this.keeps) this.#read.set(region, reading);
      return made;
    };
    const lately = this.#lately.get(kind) ?? NONE;
    for (const pattern of lately) {
      const made = readBy(pattern);
      if (made !== null) return made;
    }
    const skeleton = skeletonOf(region);
    for (const pattern of skeleton === null ? NONE : (this.#byShape.get(skeleton.shape) ?? NONE)) {
      const made = lately.includes(pattern) ? null : readBy(pattern);
      if (made === null) continue;
      this.#use(kind, pattern);
      return made;
    }
    return null;
  }

  #use(kind: Region["kind"], pattern: Pattern): void {
    this.#lately.set(kind, [pattern, ...(this.#lately.get(kind) ?? NONE)].slice(0, MOST_TRIED));
  }

  #twinsOf(pattern: Pattern, { slots, size }: Match): Twins | null {
    const ofPattern = this.#twins.get(pattern) ?? new Map<string, Twins>();
    this.#twins.set(pattern, ofPattern);
    let names = size?.text ?? "";
    for (const { text, role } of slots) if (role !== "own") names = names === "" ? text : `${names} ${text}`;
    const known = ofPattern.get(names);
    if (known !== undefined || ofPattern.size >= MOST_TWINS) return known ?? null;
    const made = { pattern };
    ofPattern.set(names, made);
    return made;
  }

  clear(): void {
    this.#byShape.clear();
    this.#lately.clear();
    this.#twins.clear();
  }
}

const isSame = (one: Omit<Pattern, "id">, other: Omit<Pattern, "id">): boolean =>
  JSON.stringify([one.between, one.open]) === JSON.stringify([other.between, other.open]);
