import { happens, type Random } from "../../random.ts";
import { KIND, type Crowd } from "./crowd.ts";
import type { RangeMode } from "./mode.ts";

/** Why a call did not get its range. */
export const CAUSES = [
  "unmovable",
  "mapping",
  "hugetlb",
  "in use",
  "targets",
  "pinned for ever",
  "pinned for a while",
  "lru cache",
  "percpu",
] as const;

export type Cause = (typeof CAUSES)[number];

/** Those that do not pass by themselves. */
const PERMANENT: ReadonlySet<Cause> = new Set([
  "unmovable",
  "mapping",
  "hugetlb",
  "in use",
  "targets",
  "pinned for ever",
]);

/** Whether the same call may succeed later. */
export function isTransient(cause: Cause): boolean {
  return !PERMANENT.has(cause);
}

/** What a kernel, a zone and a mask do to a call, whatever the mode. */
export interface RangeRules {
  /**
   * Pages that are in no LRU list count as unmovable where pageblocks are isolated: not in ZONE_MOVABLE, nor in CMA.
   */
  readonly isolationWantsLru: boolean;
  readonly movesHugetlb: boolean;
  /** A search takes only ranges in which no page is in use (alloc_contig_pages() to 5.12). */
  readonly searchesFree: boolean;
  /** A search passes over ranges with a page of hugetlb (pfn_range_valid_contig()). */
  readonly searchSkipsHugetlb: boolean;
  /** Calls of drain_all_pages(): one for the range, or one for each pageblock of it. */
  readonly drainsEachBlock: boolean;
  /** Without a page to move to the range is given up at once; else the tries go on. */
  readonly endsAtEnomem: boolean;
  readonly pageblockPages: number;
  /** How many pages there are to move to. */
  readonly targets: number;
}

/** What calls cost, added up; and the clock, in tries. */
export interface Tally {
  time: number;
  calls: number;
  moved: number;
  dropped: number;
  pcpDrains: number;
  lruDrains: number;
  /** Tries during which the LRU caches, and the per-cpu lists, were off on all CPUs. */
  lruOff: number;
  pcpOff: number;
}

/** The part of a crowd that a call asks for, by ranks, and up to where what moves has moved. */
export interface Window {
  from: number;
  to: number;
  done: number;
  /** The same part, as shares of the range. */
  first: number;
  last: number;
  pages: number;
}

/** SWAP_CLUSTER_MAX, COMPACT_CLUSTER_MAX: pages that are isolated, and have their tries, together. */
const BATCH = 32;

/**
 * One call of alloc_contig_range() (mm/page_alloc.c, 6.12, read), which takes of the clock one for each call of
 * migrate_pages() on a batch and one for each drain of the other CPUs. Null: it has the range. What has moved stays
 * away, whatever becomes of the call.
 */
export function attemptRange(
  crowd: Crowd,
  window: Window,
  mode: RangeMode,
  rules: RangeRules,
  tally: Tally,
  random: Random,
): Cause | null {
  tally.calls++;
  const refused = isolate(crowd, window, rules);
  if (refused !== null) return refused;
  const start = tally.time;
  drainPcp(crowd, window, mode, rules, tally, random);
  const off = tally.time;
  const cached = drainLru(crowd, window, mode, tally, random);
  const blocked = migrate(crowd, window, mode, rules, tally, cached);
  if (mode.lru === "disabled") tally.lruOff += tally.time - off;
  if (mode.pcp === "disabled") tally.pcpOff += tally.time - start;
  return blocked ?? isolatedStill(crowd, window);
}

/** start_isolate_page_range(), has_unmovable_pages() (mm/page_isolation.c). */
function isolate(crowd: Crowd, { from, to, first, last }: Window, rules: RangeRules): Cause | null {
  for (let i = 0; i < crowd.unmovable; i++) {
    const at = crowd.unmovableAt[i] ?? 0;
    if (at >= first && at < last) return "unmovable";
  }
  if (!rules.isolationWantsLru) return null;
  for (let i = 0; i < crowd.count; i++) {
    const rank = crowd.ranks[i] ?? 0;
    if (crowd.kinds[i] === KIND.cached && crowd.gone[i] === 0 && rank >= from && rank < to) return "lru cache";
  }
  return null;
}

/** drain_all_pages(); with the lists off, zone_pcp_disable(). */
function drainPcp(
  crowd: Crowd,
  { first, last, pages }: Window,
  mode: RangeMode,
  rules: RangeRules,
  tally: Tally,
  random: Random,
): void {
  if (mode.pcp === "none") return;
  const drains = rules.drainsEachBlock ? Math.max(1, Math.ceil(pages / rules.pageblockPages)) : 1;
  tally.pcpDrains += drains;
  tally.time += drains;
  for (let i = 0; i < crowd.percpu; i++) {
    const at = crowd.percpuAt[i] ?? 0;
    if (at < first || at >= last) continue;
    crowd.onList[i] = mode.pcp === "drained" && happens(random, crowd.percpuReturning) ? 1 : 0;
  }
}

/** lru_add_drain_all(), lru_cache_disable(): false: no page of an LRU cache can be seen. */
function drainLru(crowd: Crowd, { from, to }: Window, mode: RangeMode, tally: Tally, random: Random): boolean {
  if (mode.lru === "none") return false;
  tally.lruDrains++;
  tally.time++;
  for (let i = 0; i < crowd.count; i++) {
    if (crowd.kinds[i] !== KIND.cached || crowd.gone[i] !== 0) continue;
    const rank = crowd.ranks[i] ?? 0;
    if (rank < from || rank >= to) continue;
    // One that is back holds the page until the next drain; a page on an LRU list is a page like any other.
    const isBack = mode.lru === "drained" && happens(random, crowd.lruReturning);
    crowd.until[i] = isBack ? Number.POSITIVE_INFINITY : 0;
  }
  return true;
}

/** The batch that is being filled. One serves all calls: it is empty between them. */
interface Batch {
  pages: number;
  /** Of these, pages of no kind of their own. */
  plain: number;
  /** Who of the crowd is in it. */
  readonly members: Int32Array;
  count: number;
}

const batch: Batch = { pages: 0, plain: 0, members: new Int32Array(BATCH), count: 0 };

/** __alloc_contig_migrate_range(): isolates 32 pages at a time and moves them, or gives up. */
function migrate(
  crowd: Crowd,
  window: Window,
  mode: RangeMode,
  rules: RangeRules,
  tally: Tally,
  seesCached: boolean,
): Cause | null {
  let at = window.done;
  let blocked: Cause | null = null;
  for (let i = 0; i <= crowd.count; i++) {
    const rank = i === crowd.count ? window.to : Math.min(window.to, crowd.ranks[i] ?? 0);
    if (rank < window.from) continue;
    if (rank > at) {
      const left = movePlain(crowd, rank - at, mode, rules, tally);
      at = rank;
      window.done = rank - left.pages;
      if (left.cause !== null) return left.cause;
    }
    if (i === crowd.count || rank >= window.to) break;
    if (crowd.gone[i] === 0) {
      const why = join(crowd, i, rules, tally, seesCached);
      blocked ??= why;
    }
    if (rank >= at) {
      at = rank + 1;
      window.done = at;
    }
    if (batch.pages >= BATCH) {
      const cause = flush(crowd, mode, rules, tally);
      if (cause !== null) return cause;
    }
  }
  return flush(crowd, mode, rules, tally) ?? blocked ?? (crowd.left > 0 ? "mapping" : null);
}

/** isolate_migratepages_block() on a page of a kind of its own: into the batch, or why it is passed over. */
function join(crowd: Crowd, i: number, rules: RangeRules, tally: Tally, seesCached: boolean): Cause | null {
  const until = crowd.until[i] ?? 0;
  switch (crowd.kinds[i]) {
    case KIND.anonymousPin:
      // page_count() above page_mapcount(): not isolated at all.
      if (until > tally.time) return until === Number.POSITIVE_INFINITY ? "pinned for ever" : "pinned for a while";
      break;
    case KIND.cached:
      // Not PageLRU.
      if (!seesCached) return "lru cache";
      break;
    case KIND.hugetlb:
      if (!rules.movesHugetlb) return "hugetlb";
      batch.pages += rules.pageblockPages - 1;
      break;
  }
  batch.members[batch.count++] = i;
  batch.pages++;
  return null;
}

/** What `movePlain` stopped at, and how many pages it did not reach. */
interface Left {
  readonly cause: Cause | null;
  readonly pages: number;
}

const NOTHING_LEFT: Left = { cause: null, pages: 0 };

/** Fills batches with pages of no kind of their own and moves the full ones. */
function movePlain(crowd: Crowd, pages: number, mode: RangeMode, rules: RangeRules, tally: Tally): Left {
  const missing = Math.min(pages, BATCH - batch.pages);
  let left = pages - missing;
  batch.pages += missing;
  batch.plain += missing;
  if (batch.pages < BATCH) return NOTHING_LEFT;
  const cause = flush(crowd, mode, rules, tally);
  if (cause !== null) return { cause, pages: left };
  const room = Math.floor(Math.max(0, rules.targets - tally.moved) / BATCH);
  const full = Math.min(room, Math.floor(left / BATCH));
  tally.time += full;
  tally.moved += full * BATCH;
  tally.dropped += full * BATCH * crowd.cacheShare;
  left -= full * BATCH;
  if (left >= BATCH) {
    tally.time += rules.endsAtEnomem ? 1 : mode.migrationTries;
    return { cause: "targets", pages: left };
  }
  batch.pages = left;
  batch.plain = left;
  return NOTHING_LEFT;
}

/** migrate_pages() on the batch, again and again: everything in it that nobody holds goes. */
function flush(crowd: Crowd, mode: RangeMode, rules: RangeRules, tally: Tally): Cause | null {
  const { pages, plain, count, members } = batch;
  batch.pages = 0;
  batch.plain = 0;
  batch.count = 0;
  if (pages === 0) return null;
  if (tally.moved + pages > rules.targets) {
    tally.time += rules.endsAtEnomem ? 1 : mode.migrationTries;
    return "targets";
  }
  let until = tally.time;
  for (let m = 0; m < count; m++) until = Math.max(until, crowd.until[members[m] ?? 0] ?? 0);
  const last = Math.min(until, tally.time + mode.migrationTries - 1);
  let cause: Cause | null = null;
  let held = 0;
  for (let m = 0; m < count; m++) {
    const i = members[m] ?? 0;
    const ends = crowd.until[i] ?? 0;
    if (ends <= last) crowd.gone[i] = 1;
    else {
      held++;
      cause = worse(cause, causeOf(crowd.kinds[i] ?? 0, ends));
    }
  }
  tally.time = last + 1;
  tally.moved += pages - held;
  tally.dropped += plain * crowd.cacheShare;
  return cause;
}

function causeOf(kind: number, until: number): Cause {
  if (kind === KIND.cached) return "lru cache";
  return until === Number.POSITIVE_INFINITY ? "pinned for ever" : "pinned for a while";
}

/** Of two, the one that does not pass. */
function worse(one: Cause | null, other: Cause): Cause {
  return one !== null && !isTransient(one) ? one : other;
}

/** test_pages_isolated(): every page of the range has to be free in the buddy lists. */
function isolatedStill(crowd: Crowd, { first, last }: Window): Cause | null {
  for (let i = 0; i < crowd.percpu; i++) {
    const at = crowd.percpuAt[i] ?? 0;
    if (crowd.onList[i] === 1 && at >= first && at < last) return "percpu";
  }
  return null;
}
