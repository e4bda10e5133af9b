import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import { needsOf } from "./needs.ts";
import { differenceOf } from "../../../grammar/difference.ts";

/** Which regions of a text need which keys: listed once, and corrected by what the edits since then changed. */
interface Users {
  /** The regions that were listed, and by key the indexes of those that need it. */
  readonly listed: readonly Region[];
  readonly byKey: ByKey;
  /** Those of them that are gone, and those that came, with the index of each as it came. */
  readonly gone: ReadonlySet<Region>;
  readonly fresh: ReadonlyMap<Region, number>;
}

/** Indexes of regions by what they need, ascending; apart, as what thousands lean on is used by requests mostly. */
interface ByKey {
  readonly requests: Map<string, number[]>;
  readonly others: Map<string, number[]>;
}

const nothingListed = (): ByKey => ({ requests: new Map(), others: new Map() });

/** Which of those that need a key are asked for. */
type Wanted = "all" | "all but requests";

/** Whether a region is among those. */
export const isWanted = (wanted: Wanted, { kind }: Region): boolean => wanted === "all" || kind !== "request";

/** Regions that came or went before all are listed anew; after an edit of more, as many as it has. */
const MOST_CORRECTIONS = 256;

/** With no more than these nothing is done ahead. */
const FEW_CORRECTIONS = 32;

/** So many regions are listed in one go. */
const SLICE = 32;

const known = new WeakMap<SourceFile, Users>();
/** Texts that are listed up to a region. */
const listing = new WeakMap<SourceFile, { readonly byKey: ByKey; readonly next: number }>();

/** Does ahead what `usersOf` would begin with, until it is over. @returns whether nothing is left of it */
export function listUsers(file: SourceFile, isOver: () => boolean): boolean {
  const before = known.get(file);
  if (before !== undefined && before.fresh.size <= FEW_CORRECTIONS) return true;
  const { regions } = file;
  const { byKey, next } = listing.get(file) ?? { byKey: nothingListed(), next: 0 };
  for (let from = next; from < regions.length; from += SLICE) {
    if (isOver()) {
      listing.set(file, { byKey, next: from });
      return false;
    }
    for (let index = from; index < Math.min(from + SLICE, regions.length); index++) list(byKey, regions[index], index);
  }
  listing.delete(file);
  known.set(file, { listed: regions, byKey, gone: new Set(), fresh: new Map() });
  return true;
}

function list({ requests, others }: ByKey, region: Region | undefined, index: number): void {
  if (region === undefined) return;
  const byKey = region.kind === "request" ? requests : others;
  for (const key of needsOf(region)) {
    const users = byKey.get(key);
    if (users === undefined) byKey.set(key, [index]);
    else users.push(index);
  }
}

function usersIn(file: SourceFile): Users {
  if (!known.has(file)) listUsers(file, () => false);
  return known.get(file) ?? { listed: [], byKey: nothingListed(), gone: new Set(), fresh: new Map() };
}

/** Those that came, by key: an edit may bring thousands, and ask for thousands of keys. */
const freshByKey = new WeakMap<Users, ReadonlyMap<string, readonly Region[]>>();
const NONE: readonly Region[] = [];

function freshUsers(users: Users, key: string): readonly Region[] {
  const made = freshByKey.get(users) ?? newFreshByKey(users);
  freshByKey.set(users, made);
  return made.get(key) ?? NONE;
}

function newFreshByKey({ fresh }: Users): ReadonlyMap<string, readonly Region[]> {
  const made = new Map<string, Region[]>();
  for (const region of fresh.keys()) {
    for (const key of needsOf(region)) {
      const known = made.get(key);
      if (known === undefined) made.set(key, [region]);
      else known.push(region);
    }
  }
  return made;
}

/** Whether any region of the text needs the key. */
export function isNeeded(file: SourceFile, key: string): boolean {
  const users = usersIn(file);
  const { listed, byKey, gone } = users;
  if (freshUsers(users, key).length > 0) return true;
  const isAny = (of: readonly number[] | undefined): boolean =>
    of?.some((index) => isThere(listed[index], gone)) === true;
  return isAny(byKey.others.get(key)) || isAny(byKey.requests.get(key));
}

const isThere = (region: Region | undefined, gone: ReadonlySet<Region>): region is Region =>
  region !== undefined && !gone.has(region);

/** The indexes of those regions of the text that need a key, in no order. */
export function usersOf(file: SourceFile, key: string, wanted: Wanted = "all"): readonly number[] {
  const users = usersIn(file);
  const { listed, byKey, gone, fresh } = users;
  const { regions } = file;
  const found: number[] = [];
  for (const of of wanted === "all" ? [byKey.requests, byKey.others] : [byKey.others]) {
    // What stands behind an edit moved as far as what stood there before it.
    let moved = 0;
    for (const place of of.get(key) ?? []) {
      const region = listed[place];
      const index = isThere(region, gone) ? indexNear(regions, region, place + moved) : -1;
      if (index < 0) continue;
      moved = index - place;
      found.push(index);
    }
  }
  for (const region of freshUsers(users, key)) {
    const index = isWanted(wanted, region) ? indexNear(regions, region, fresh.get(region) ?? 0) : -1;
    if (index >= 0) found.push(index);
  }
  return found;
}

/** Those of an earlier text that need a key and stay in a later one, where they stand there. */
export function usersKept(
  from: SourceFile | undefined,
  to: SourceFile,
  key: string,
  wanted?: Wanted,
): readonly number[] {
  if (from === undefined) return [];
  const { start, oldEnd, newEnd } = differenceOf(from.regions, to.regions);
  const isFew = oldEnd - start > MOST_CORRECTIONS && start + to.regions.length - newEnd <= FEW_KEPT;
  if (isFew) return usersBeside(to.regions, start, newEnd, key, wanted);
  return usersOf(from, key, wanted).flatMap((index) =>
    index < start ? [index] : index < oldEnd ? [] : [index + newEnd - oldEnd],
  );
}

/** So few that stay of many are asked themselves: nothing is listed for them. */
const FEW_KEPT = 16;

/** The regions before `start` and from `end` on that need a key. */
function usersBeside(
  regions: readonly Region[],
  start: number,
  end: number,
  key: string,
  wanted: Wanted = "all",
): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < regions.length; index++) {
    if (index === start) index = end;
    const region = regions[index];
    if (region !== undefined && isWanted(wanted, region) && needsOf(region).includes(key)) found.push(index);
  }
  return found;
}

/** What is known of one text is corrected for another, an earlier one too that is there again. */
export function carryUsers(from: SourceFile, to: SourceFile): void {
  const users = known.get(from);
  if (users === undefined || known.has(to)) return;
  const { start, oldEnd, newEnd } = differenceOf(from.regions, to.regions);
  const [gone, fresh] = [new Set(users.gone), new Map(users.fresh)];
  for (const region of from.regions.slice(start, oldEnd)) if (!fresh.delete(region)) gone.add(region);
  for (const [i, region] of to.regions.slice(start, newEnd).entries())
    if (!gone.delete(region)) fresh.set(region, start + i);
  const most = Math.max(MOST_CORRECTIONS, oldEnd - start + newEnd - start);
  if (gone.size + fresh.size <= most) known.set(to, { ...users, gone, fresh });
}

/** The index of an entry, looked for on both sides of a place; -1: it is not there. */
export function indexNear<Entry>(entries: readonly Entry[], entry: Entry, place: number): number {
  const middle = Math.max(0, Math.min(place, entries.length - 1));
  const most = Math.max(middle, entries.length - middle);
  for (let distance = 0; distance <= most; distance++) {
    if (entries[middle + distance] === entry) return middle + distance;
    if (entries[middle - distance] === entry) return middle - distance;
  }
  return -1;
}
