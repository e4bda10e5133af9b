import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import type { Design } from "../../model/kernels/designed.ts";
import type { NameSpace } from "./environment.ts";
import { namesOf, type RegionNames } from "./region-names.ts";

/** A file's declarations by name, and its headers. Indexes are those of `SourceFile.regions`. */
export interface FileIndex {
  readonly file: SourceFile;
  /** As long as `file.regions`. */
  readonly names: readonly RegionNames[];
  readonly needed: NeededKeys;
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
  readonly damagedWords: ReadonlySet<string>;
  /** Damage before the first declaration, or in a `kernel` header: what to check against is not known. */
  readonly headerDamaged: boolean;
}

/** How many regions need each key: counted once, and corrected by what the edits since then changed. */
export interface NeededKeys {
  readonly counted: ReadonlyMap<string, number>;
  readonly corrections: ReadonlyMap<string, number>;
}

/** Corrections that are kept before the keys are counted anew. */
const MOST_CORRECTIONS = 256;

function countKeys(names: readonly RegionNames[]): NeededKeys {
  const counted = new Map<string, number>();
  for (const { needs } of names) for (const key of needs) counted.set(key, (counted.get(key) ?? 0) + 1);
  return { counted, corrections: new Map() };
}

/** The keys after some regions were replaced by others; null when that is too much to be kept as a correction. */
function correctKeys(
  needed: NeededKeys,
  before: readonly RegionNames[],
  after: readonly RegionNames[],
): NeededKeys | null {
  const corrections = new Map(needed.corrections);
  const add = (names: readonly RegionNames[], by: number): void => {
    for (const { needs } of names) {
      for (const key of needs) {
        const count = (corrections.get(key) ?? 0) + by;
        if (count === 0) corrections.delete(key);
        else corrections.set(key, count);
      }
    }
  };
  add(before, -1);
  add(after, 1);
  return corrections.size > MOST_CORRECTIONS ? null : { counted: needed.counted, corrections };
}

/** Whether any region of the file needs the key. */
export function isNeeded({ needed }: FileIndex, key: string): boolean {
  return (needed.counted.get(key) ?? 0) + (needed.corrections.get(key) ?? 0) > 0;
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

const SPACES: readonly NameSpace[] = ["mask", "context", "subject", "memory"];
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
  return freshIndex(file, names, countKeys(names));
}

/**
 * Where the same names are declared in the same regions, which is so for almost every keystroke, the maps serve again.
 */
function movedIndex(file: SourceFile, previous: FileIndex): FileIndex | null {
  const { start, oldEnd, newEnd } = differenceOf(previous.file.regions, file.regions);
  const fresh = file.regions.slice(start, newEnd).map(namesOf);
  const names = splice(previous.names, start, oldEnd, fresh);
  const needed = correctKeys(previous.needed, previous.names.slice(start, oldEnd), fresh) ?? countKeys(names);
  if (oldEnd !== newEnd) return freshIndex(file, names, needed);
  for (let i = start; i < newEnd; i++) {
    const before = previous.file.regions[i];
    const after = file.regions[i];
    if (before?.item?.kind !== after?.item?.kind) return freshIndex(file, names, needed);
    if (isDamaged(before) !== isDamaged(after)) return freshIndex(file, names, needed);
    if (!sameStrings(previous.names[i]?.exports ?? [], names[i]?.exports ?? [])) return freshIndex(file, names, needed);
    if (!sameStrings(previous.names[i]?.words ?? [], names[i]?.words ?? [])) return freshIndex(file, names, needed);
  }
  return { ...previous, file, names, needed };
}

function isDamaged(region: Region | undefined): boolean {
  return region !== undefined && region.problems.length > 0;
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function freshIndex(file: SourceFile, names: readonly RegionNames[], needed: NeededKeys): FileIndex {
  const first = new Map<string, number>();
  const several = new Map<string, number[]>();
  const bySpace = new Map<NameSpace, number[]>(SPACES.map((space) => [space, []]));
  const imports: number[] = [];
  const kernels: number[] = [];
  const configs: number[] = [];
  const damagedWords = new Set<string>();
  let headerDamaged = false;
  let firstDeclaration = -1;
  for (let i = 0; i < file.regions.length; i++) {
    const region = file.regions[i];
    const item = region?.item ?? null;
    if (region !== undefined && region.problems.length > 0) {
      for (const word of names[i]?.words ?? []) damagedWords.add(word);
      if (item?.kind === "kernel" || (item === null && firstDeclaration < 0)) headerDamaged = true;
    }
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
