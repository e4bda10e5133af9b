import type { Lasts } from "../../memory/state.ts";
import { below, failurePowers, geometric, hypergeometric, next, type Random } from "../../random.ts";
import type { HeldPages, RangePlace } from "./contents.ts";

/** What stands in the way for itself; all other pages that migration meets are alike. */
export const KIND = { anonymousPin: 0, mappedPin: 1, cached: 2, hugetlb: 3 } as const;

/** How long each pin of a group lasts, ready to be drawn. */
interface Group {
  readonly pages: number;
  readonly kind: number;
  readonly lasts: Lasts;
  readonly powers: readonly number[];
}

/** What worlds are drawn from. */
export interface Source {
  readonly place: RangePlace;
  /** Of the range that is drawn. */
  readonly pages: number;
  readonly pageblockPages: number;
  readonly groups: readonly Group[];
}

/** The source of ranges of `pages` pages in a place. */
export function sourceOf(place: RangePlace, pages: number, pageblockPages: number): Source {
  const contents = place.kind === "described" ? place.contents : place.area;
  return { place, pages, pageblockPages, groups: contents.held.map(groupOf) };
}

function groupOf({ pages, mapped, lasts }: HeldPages): Group {
  return {
    pages,
    kind: mapped ? KIND.mappedPin : KIND.anonymousPin,
    lasts,
    powers: lasts.kind === "about" ? failurePowers(lasts.tries) : [],
  };
}

/**
 * The pages of one range in one run. Positions are ranks: how many of the pages that migration meets come before, in
 * the order of page frame numbers. Reused from run to run.
 */
export interface Crowd {
  /** How many pages migration meets, hugetlb pages as one; without those that the mask leaves. */
  met: number;
  /** Of those without a name of their own: the share that is clean page cache, which is given up where it lies. */
  cacheShare: number;
  /** What stands in the way for itself, in the order of ranks. */
  count: number;
  ranks: Float64Array;
  kinds: Uint8Array;
  /** The first try at which nobody holds it any more. */
  until: Float64Array;
  gone: Uint8Array;
  /** Free pages on per-cpu lists: where each lies, as a share of the range, and whether it is on a list now. */
  percpu: number;
  percpuAt: Float64Array;
  onList: Uint8Array;
  percpuReturning: number;
  lruReturning: number;
  /** Where each page or pageblock of the kernel lies, as a share of the range. */
  unmovable: number;
  unmovableAt: Float64Array;
  /** Pages that the mask leaves where they are. */
  left: number;
}

export function newCrowd(): Crowd {
  return {
    met: 0,
    cacheShare: 0,
    count: 0,
    ranks: new Float64Array(64),
    kinds: new Uint8Array(64),
    until: new Float64Array(64),
    gone: new Uint8Array(64),
    percpu: 0,
    percpuAt: new Float64Array(64),
    onList: new Uint8Array(64),
    percpuReturning: 0,
    lruReturning: 0,
    unmovable: 0,
    unmovableAt: new Float64Array(64),
    left: 0,
  };
}

/**
 * More pages of one sort than this are taken to be spread evenly, by their share: to draw each would change little and
 * cost much.
 */
const MOST_DRAWN = 4096;

/** How many of `marked` among `all` come to lie in a range of `pages`. */
function drawn(random: Random, all: number, marked: number, pages: number): number {
  if (marked <= 0 || all <= 0) return 0;
  if (pages >= all) return marked;
  if (Math.min(marked, pages) <= MOST_DRAWN) return hypergeometric(random, all, Math.min(marked, all), pages);
  const share = (marked / all) * pages;
  const whole = Math.floor(share);
  return whole + (next(random) / 0x1_0000_0000 < share - whole ? 1 : 0);
}

/** Draws what lies in a range, where, and for how long; `mapped`: the mask moves pages with a mapping. */
export function fill(crowd: Crowd, source: Source, mapped: boolean, random: Random): void {
  const { place, pages, pageblockPages } = source;
  const contents = place.kind === "described" ? place.contents : place.area;
  const here = (marked: number): number =>
    place.kind === "described" ? marked : drawn(random, contents.pages, marked, pages);
  let total = 0;
  for (const group of source.groups) total = gather(crowd, total, here(group.pages), group, random);
  total = gather(crowd, total, here(contents.lruCache.pages), CACHED, random);
  const hugePages = Math.floor(contents.hugetlb / pageblockPages);
  total = gather(
    crowd,
    total,
    place.kind === "described"
      ? hugePages
      : drawn(random, Math.floor(contents.pages / pageblockPages), hugePages, Math.floor(pages / pageblockPages)),
    HUGETLB,
    random,
  );
  crowd.count = total;
  const mapping = here(contents.mapping);
  const movable = Math.max(mapping, here(contents.movable));
  const cache = here(contents.cache);
  crowd.left = mapped ? 0 : mapping + cache;
  const plain = mapped ? movable + cache : movable - mapping;
  crowd.met = plain + total;
  crowd.cacheShare = mapped && plain > 0 ? cache / plain : 0;
  lineUp(crowd, random);
  crowd.percpu = here(contents.percpu.pages);
  crowd.percpuAt = scatter(crowd.percpuAt, crowd.percpu, random);
  if (crowd.onList.length < crowd.percpu) crowd.onList = new Uint8Array(crowd.percpu * 2);
  crowd.onList.fill(1, 0, crowd.percpu);
  crowd.percpuReturning = contents.percpu.returningPercent;
  crowd.lruReturning = contents.lruCache.returningPercent;
  // Pages of the kernel are kept together: what counts is how many pageblocks have some.
  crowd.unmovable =
    place.kind === "described"
      ? Math.ceil(contents.unmovable / pageblockPages)
      : drawn(
          random,
          Math.ceil(contents.pages / pageblockPages),
          Math.ceil(contents.unmovable / pageblockPages),
          Math.ceil(pages / pageblockPages),
        );
  crowd.unmovableAt = scatter(crowd.unmovableAt, crowd.unmovable, random);
}

const CACHED: Group = { pages: 0, kind: KIND.cached, lasts: { kind: "exactly", tries: 0 }, powers: [] };
const HUGETLB: Group = { pages: 0, kind: KIND.hugetlb, lasts: { kind: "exactly", tries: 0 }, powers: [] };

/** Adds pages of a group behind those that are there. */
function gather(crowd: Crowd, from: number, pages: number, group: Group, random: Random): number {
  const total = from + pages;
  grow(crowd, total);
  for (let i = from; i < total; i++) {
    crowd.kinds[i] = group.kind;
    crowd.until[i] = lastsUntil(group, random);
    crowd.gone[i] = 0;
  }
  return total;
}

function lastsUntil({ lasts, powers }: Group, random: Random): number {
  switch (lasts.kind) {
    case "ever":
      return Number.POSITIVE_INFINITY;
    case "exactly":
      return lasts.tries;
    case "about":
      return geometric(random, powers);
    case "between":
      return lasts.from + below(random, lasts.to - lasts.from + 1);
  }
}

function grow(crowd: Crowd, size: number): void {
  if (crowd.ranks.length >= size) return;
  const grown = size * 2;
  crowd.ranks = copied(crowd.ranks, new Float64Array(grown));
  crowd.until = copied(crowd.until, new Float64Array(grown));
  crowd.kinds = copied(crowd.kinds, new Uint8Array(grown));
  crowd.gone = copied(crowd.gone, new Uint8Array(grown));
}

function copied<Values extends Float64Array | Uint8Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}

function scatter(at: Float64Array, count: number, random: Random): Float64Array {
  const places = at.length < count ? new Float64Array(count * 2) : at;
  for (let i = 0; i < count; i++) places[i] = next(random) / 0x1_0000_0000;
  return places;
}

let taken = new Int32Array(1024);
let stamp = 0;
let order = new Float64Array(64);
let kindsBefore = new Uint8Array(64);
let untilBefore = new Float64Array(64);

/** Gives everything a rank of its own, each set of ranks as likely as another, and sorts by it. */
function lineUp(crowd: Crowd, random: Random): void {
  const { count, met } = crowd;
  if (taken.length < met) taken = new Int32Array(met * 2);
  if (stamp >= 0x7fff_fffe) {
    taken.fill(0);
    stamp = 0;
  }
  stamp++;
  if (order.length < count) {
    order = new Float64Array(count * 2);
    kindsBefore = new Uint8Array(count * 2);
    untilBefore = new Float64Array(count * 2);
  }
  for (let i = 0; i < count; i++) {
    let rank = below(random, met);
    while (taken[rank] === stamp) rank = below(random, met);
    taken[rank] = stamp;
    // Both fit: ranks stay below 2^31, and so do counts of what is drawn one by one.
    order[i] = rank * 0x20_0000 + i;
    kindsBefore[i] = crowd.kinds[i] ?? 0;
    untilBefore[i] = crowd.until[i] ?? 0;
  }
  order.subarray(0, count).sort();
  for (let i = 0; i < count; i++) {
    const packed = order[i] ?? 0;
    const rank = Math.floor(packed / 0x20_0000);
    const was = packed - rank * 0x20_0000;
    crowd.ranks[i] = rank;
    crowd.kinds[i] = kindsBefore[was] ?? 0;
    crowd.until[i] = untilBefore[was] ?? 0;
  }
}
