import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import type { Design } from "../../model/kernels/designed.ts";
import type { NameSpace } from "./environment.ts";
import { namesOf, type RegionNames } from "./region-names.ts";

/** A file's declarations by name, and its headers. Indexes are those of `SourceFile.regions`. */
export interface FileIndex {
  readonly file: SourceFile;
  /** As long as `file.regions`. */
  readonly names: readonly RegionNames[];
  readonly needed: Counts;
  /** The first region that exports a key. */
  readonly first: ReadonlyMap<string, number>;
  /** The regions of `first`, by space, in the order of the file. */
  readonly bySpace: ReadonlyMap<NameSpace, readonly number[]>;
  /** All regions that export a key, for keys that several export. Of `api:` keys too, where that is no mistake. */
  readonly several: ReadonlyMap<string, readonly number[]>;
  readonly imports: readonly number[];
  /** Regions of `kernel` headers and of `config` headers; the first counts. */
  readonly kernels: readonly number[];
  readonly configs: readonly number[];
  /** The first region that holds a declaration; -1: none. */
  readonly firstDeclaration: number;
  /** Words of damaged regions: names that may be declared there. */
  readonly damagedWords: Counts;
  /** Damage before the first declaration, or in a `kernel` header: what to check against is not known. */
  readonly headerDamaged: boolean;
}

/** How many regions have a text among theirs: counted once, and corrected by what the edits since then changed. */
export interface Counts {
  readonly counted: ReadonlyMap<string, number>;
  readonly corrections: ReadonlyMap<string, number>;
}

/** Which texts of a region are counted; each once. */
type TextsOf = (names: RegionNames) => readonly string[];

const needsOf: TextsOf = ({ needs }) => needs;
const wordsOf: TextsOf = ({ words }) => words;

/** Corrections that are kept before all is counted anew; in a file that is damaged all over, as many as it has. */
const MOST_CORRECTIONS = 256;

function count(names: readonly RegionNames[], textsOf: TextsOf): Counts {
  const counted = new Map<string, number>();
  for (const region of names) for (const text of textsOf(region)) counted.set(text, (counted.get(text) ?? 0) + 1);
  return { counted, corrections: new Map() };
}

/** The counts after some regions were replaced by others. `names`: all that there are now. */
function recount(
  { counted, corrections: earlier }: Counts,
  before: readonly RegionNames[],
  after: readonly RegionNames[],
  names: readonly RegionNames[],
  textsOf: TextsOf,
): Counts {
  const corrections = new Map(earlier);
  const add = (regions: readonly RegionNames[], by: number): void => {
    for (const region of regions) {
      for (const text of textsOf(region)) {
        const sum = (corrections.get(text) ?? 0) + by;
        if (sum === 0) corrections.delete(text);
        else corrections.set(text, sum);
      }
    }
  };
  add(before, -1);
  add(after, 1);
  const most = Math.max(MOST_CORRECTIONS, before.length + after.length);
  return corrections.size > most ? count(names, textsOf) : { counted, corrections };
}

function has({ counted, corrections }: Counts, text: string): boolean {
  return (counted.get(text) ?? 0) + (corrections.get(text) ?? 0) > 0;
}

/** Whether any region of the file needs the key. */
export function isNeeded({ needed }: FileIndex, key: string): boolean {
  return has(needed, key);
}

/** Whether a damaged region of the file has the word in it. */
export function isInDamage({ damagedWords }: FileIndex, word: string): boolean {
  return has(damagedWords, word);
}

/** How two lists of regions differ: equal up to `start`, equal again from `oldEnd` and `newEnd`. */
export interface Difference {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

export function differenceOf(before: readonly Region[], after: readonly Region[]): Difference {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, oldEnd: before.length - tail, newEnd: after.length - tail };
}

/** A copy of a list with [start, oldEnd) replaced: few new entries among many that stay. */
export function splice<Entry>(list: readonly Entry[], start: number, oldEnd: number, fresh: readonly Entry[]): Entry[] {
  return list.slice(0, start).concat(fresh, list.slice(oldEnd));
}

const SPACES: readonly NameSpace[] = ["mask", "context", "subject", "memory", "allocator"];
const cache = new WeakMap<SourceFile, FileIndex>();

/** The index of a file; `previous`, of an earlier text of it, saves the work for what did not change. */
export function indexOf(file: SourceFile, previous: FileIndex | null): FileIndex {
  const known = cache.get(file);
  if (known !== undefined) return known;
  const index = (previous === null ? null : movedIndex(file, previous)) ?? countedIndex(file);
  cache.set(file, index);
  return index;
}

function countedIndex(file: SourceFile): FileIndex {
  const names = file.regions.map(namesOf);
  return freshIndex(file, names, count(names, needsOf), count(names, wordsOf));
}

/**
 * Where the same names are declared in the same regions, which is so for almost every keystroke, the maps serve again.
 */
function movedIndex(file: SourceFile, previous: FileIndex): FileIndex | null {
  const { start, oldEnd, newEnd } = differenceOf(previous.file.regions, file.regions);
  const fresh = file.regions.slice(start, newEnd).map(namesOf);
  const names = splice(previous.names, start, oldEnd, fresh);
  const old = previous.names.slice(start, oldEnd);
  const needed = recount(previous.needed, old, fresh, names, needsOf);
  const damagedWords = recount(previous.damagedWords, old, fresh, names, wordsOf);
  if (oldEnd !== newEnd) return freshIndex(file, names, needed, damagedWords);
  for (let i = start; i < newEnd; i++) {
    const before = previous.file.regions[i];
    const after = file.regions[i];
    const isMoved =
      before?.item?.kind === after?.item?.kind &&
      damagesHeader(before) === damagesHeader(after) &&
      sameStrings(previous.names[i]?.exports ?? [], names[i]?.exports ?? []);
    if (!isMoved) return freshIndex(file, names, needed, damagedWords);
  }
  return { ...previous, file, names, needed, damagedWords };
}

/** With this damage it may not be known what to check against: it may hide a header. */
function damagesHeader(region: Region | undefined): boolean {
  if (region === undefined || region.problems.length === 0) return false;
  return region.item === null || region.item.kind === "kernel";
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function freshIndex(file: SourceFile, names: readonly RegionNames[], needed: Counts, damagedWords: Counts): FileIndex {
  const first = new Map<string, number>();
  const several = new Map<string, number[]>();
  const bySpace = new Map<NameSpace, number[]>(SPACES.map((space) => [space, []]));
  const imports: number[] = [];
  const kernels: number[] = [];
  const configs: number[] = [];
  let headerDamaged = false;
  let firstDeclaration = -1;
  for (let i = 0; i < file.regions.length; i++) {
    const region = file.regions[i];
    const item = region?.item ?? null;
    if (damagesHeader(region) && (item !== null || firstDeclaration < 0)) headerDamaged = true;
    if (item === null) continue;
    if (item.kind === "import") imports.push(i);
    else if (item.kind === "kernel") kernels.push(i);
    else if (item.kind === "config") configs.push(i);
    else if (firstDeclaration < 0) firstDeclaration = i;
    for (const key of names[i]?.exports ?? []) {
      const earlier = first.get(key);
      if (earlier === undefined) {
        first.set(key, i);
        for (const [space, regions] of bySpace) if (key.startsWith(`${space}:`)) regions.push(i);
        continue;
      }
      const all = several.get(key);
      if (all === undefined) several.set(key, [earlier, i]);
      else all.push(i);
    }
  }
  return {
    file,
    names,
    needed,
    first,
    bySpace,
    several,
    imports,
    kernels,
    configs,
    firstDeclaration,
    damagedWords,
    headerDamaged,
  };
}

/** All regions of the file that export a key, in order. */
export function exportersOf(index: FileIndex, key: string): readonly number[] {
  const all = index.several.get(key);
  if (all !== undefined) return all;
  const one = index.first.get(key);
  return one === undefined ? [] : [one];
}

const designs = new WeakMap<FileIndex, Design>();

/** The flags and scopes that a file declares and no kernel has. */
export function designOf(index: FileIndex): Design {
  const known = designs.get(index);
  if (known !== undefined) return known;
  const namesIn = (space: NameSpace, kind: "flag" | "scope"): readonly string[] =>
    (index.bySpace.get(space) ?? []).flatMap((region) => {
      const item = index.file.regions[region]?.item;
      return item?.kind === kind && item.name !== null ? [item.name.text] : [];
    });
  const design = { flags: namesIn("mask", "flag"), scopes: namesIn("context", "scope") };
  designs.set(index, design);
  return design;
}
