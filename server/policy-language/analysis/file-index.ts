import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import type { Design } from "../../model/kernels/designed.ts";
import type { NameSpace } from "./environment.ts";
import { differenceOf } from "../../../grammar/difference.ts";
import { exportsOf, mayBeFor, nameKey, namesOf, spacesOf } from "./region-names.ts";

/** A file's declarations by name, and its headers. Indexes are those of `SourceFile.regions`. */
export interface FileIndex {
  readonly file: SourceFile;
  /** The first region that exports a key. */
  readonly first: ReadonlyMap<string, number>;
  /** The regions of `first`, by space, in the order of the file. */
  readonly bySpace: Readonly<Record<NameSpace, readonly number[]>>;
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
type TextsOf = (region: Region) => readonly string[];

const NOTHING: readonly string[] = [];
const wordsOf: TextsOf = (region) => (region.problems.length === 0 ? NOTHING : namesOf(region).words);

/** Corrections that are kept before all is counted anew; in a file that is damaged all over, as many as it has. */
const MOST_CORRECTIONS = 256;

function addTo(counted: Map<string, number>, regions: readonly Region[], textsOf: TextsOf): void {
  for (const region of regions) for (const text of textsOf(region)) counted.set(text, (counted.get(text) ?? 0) + 1);
}

function count(regions: readonly Region[], textsOf: TextsOf): Counts {
  const counted = new Map<string, number>();
  addTo(counted, regions, textsOf);
  return { counted, corrections: new Map() };
}

/** The counts after some regions were replaced by others. `all`: all that there are now. */
function recount(
  { counted, corrections: earlier }: Counts,
  before: readonly Region[],
  after: readonly Region[],
  all: readonly Region[],
  textsOf: TextsOf,
): Counts {
  const corrections = new Map(earlier);
  const add = (regions: readonly Region[], by: number): void => {
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
  return corrections.size > most ? count(all, textsOf) : { counted, corrections };
}

function has({ counted, corrections }: Counts, text: string): boolean {
  return (counted.get(text) ?? 0) + (corrections.get(text) ?? 0) > 0;
}

/** Whether a damaged region of the file has the word in it. */
export function isInDamage({ damagedWords }: FileIndex, word: string): boolean {
  return has(damagedWords, word);
}

const cache = new WeakMap<SourceFile, FileIndex>();

/** The index of a file; `previous`, of an earlier text of it, saves the work for what did not change. */
export function indexOf(file: SourceFile, previous: FileIndex | null): FileIndex {
  const known = cache.get(file);
  if (known !== undefined) return known;
  const index = previous === null ? countedIndex(file) : movedIndex(file, previous);
  cache.set(file, index);
  return index;
}

function countedIndex(file: SourceFile): FileIndex {
  return freshIndex(file, count(file.regions, wordsOf));
}

/**
 * Where the same names are declared in the same regions, which is so for almost every keystroke, the maps serve again.
 */
function movedIndex(file: SourceFile, previous: FileIndex): FileIndex {
  const { start, oldEnd, newEnd } = differenceOf(previous.file.regions, file.regions);
  const fresh = file.regions.slice(start, newEnd);
  const old = previous.file.regions.slice(start, oldEnd);
  const damagedWords = recount(previous.damagedWords, old, fresh, file.regions, wordsOf);
  const isMoved = oldEnd === newEnd && fresh.every((region, i) => declaresAlike(old[i], region));
  if (isMoved) return { ...previous, file, damagedWords };
  const first = oldEnd === newEnd ? firstRenamed(previous, start, old, fresh) : null;
  return first === null ? freshIndex(file, damagedWords) : { ...previous, file, first, damagedWords };
}

/**
 * `FileIndex.first` where declarations are called otherwise and nothing else of the index is different, as while a
 * name is typed. Null where more may be.
 */
function firstRenamed(
  { first: before, several }: FileIndex,
  start: number,
  old: readonly Region[],
  fresh: readonly Region[],
): ReadonlyMap<string, number> | null {
  if (!fresh.every((region, i) => isPlainlyNamed(region) && isPlainlyNamed(old[i]) && old[i]?.kind === region.kind))
    return null;
  const first = new Map(before);
  // After many changes at once most of those between the first and the last are called as they were.
  const renamed = fresh.flatMap((region, i) => (declaresAlike(old[i], region) ? [] : [i]));
  for (const i of renamed) {
    for (const key of exportsIn(old[i])) {
      if (several.has(key) || first.get(key) !== start + i) return null;
      first.delete(key);
    }
  }
  for (const i of renamed) {
    for (const key of exportsIn(fresh[i])) {
      if (first.has(key)) return null;
      first.set(key, start + i);
    }
  }
  return first;
}

const exportsIn = (region: Region | undefined): readonly string[] => (region === undefined ? [] : exportsOf(region));

/** It is seen by its name alone. */
function isPlainlyNamed(region: Region | undefined): boolean {
  if (region === undefined || region.name === null || region.kind === null) return false;
  return region.kind !== "flag" && region.kind !== "scope" && !mayBeFor(region) && spacesOf(region.kind).length > 0;
}

function declaresAlike(before: Region | undefined, after: Region): boolean {
  return (
    before?.kind === after.kind &&
    damagesHeader(before) === damagesHeader(after) &&
    sameStrings(exportsIn(before), exportsOf(after))
  );
}

/** With this damage it may not be known what to check against: it may hide a header. */
function damagesHeader(region: Region | undefined): boolean {
  if (region === undefined || region.problems.length === 0) return false;
  return region.kind === null || region.kind === "kernel";
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function freshIndex(file: SourceFile, damagedWords: Counts): FileIndex {
  const first = new Map<string, number>();
  const several = new Map<string, number[]>();
  const bySpace: Record<NameSpace, number[]> = { mask: [], context: [], subject: [], memory: [], allocator: [] };
  /** @returns whether it is the first of its name */
  const add = (key: string, region: number): boolean => {
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, region);
      return true;
    }
    const all = several.get(key);
    if (all === undefined) several.set(key, [earlier, region]);
    else all.push(region);
    return false;
  };
  const imports: number[] = [];
  const kernels: number[] = [];
  const configs: number[] = [];
  let headerDamaged = false;
  let firstDeclaration = -1;
  for (let i = 0; i < file.regions.length; i++) {
    const region = file.regions[i];
    const kind = region?.kind ?? null;
    if (damagesHeader(region) && (kind !== null || firstDeclaration < 0)) headerDamaged = true;
    if (region === undefined || kind === null) continue;
    if (kind === "import") imports.push(i);
    else if (kind === "kernel") kernels.push(i);
    else if (kind === "config") configs.push(i);
    else if (firstDeclaration < 0) firstDeclaration = i;
    if (mayBeFor(region)) for (const key of exportsOf(region)) if (key.startsWith("api:")) add(key, i);
    if (region.name === null) continue;
    for (const space of spacesOf(kind)) if (add(nameKey(space, region.name), i)) bySpace[space].push(i);
  }
  return {
    file,
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

/** By the declarations by space: where those serve again, none came, went, or is called otherwise. */
const designs = new WeakMap<FileIndex["bySpace"], Design>();

/** The flags and scopes that a file declares and no kernel has. */
export function designOf(index: FileIndex): Design {
  const known = designs.get(index.bySpace);
  if (known !== undefined) return known;
  const namesIn = (space: NameSpace, kind: "flag" | "scope"): readonly string[] => {
    const names: string[] = [];
    for (const region of index.bySpace[space]) {
      const declared = index.file.regions[region];
      if (declared?.kind === kind && declared.name !== null) names.push(declared.name);
    }
    return names;
  };
  const design = { flags: namesIn("mask", "flag"), scopes: namesIn("context", "scope") };
  designs.set(index.bySpace, design);
  return design;
}
