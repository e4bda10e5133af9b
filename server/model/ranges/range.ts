import type { Kernel } from "../kernels/kernel.ts";
import { contigRefused } from "../masks/contig.ts";
import type { Mask } from "../masks/mask.ts";
import { pageblockOrder } from "../limits.ts";
import { addBlock, freePages, hasBlock, takeBlock, type Zone } from "../memory/machine.ts";
import { MIGRATION_TRIES } from "./effort.ts";
import { targetMaskFrom } from "./target.ts";
import { applyScopes } from "../masks/properties.ts";
import { allocPages, mightSleep } from "../slowpath/allocate.ts";
import { step, warn, warnOnce, type Simulation } from "../slowpath/simulation.ts";
import { hasFatalSignal } from "../slowpath/task.ts";

/** A stretch of page frames, and what is in its way. */
export interface Range {
  readonly zone: Zone;
  readonly pages: number;
  /** Pages in use that can be moved elsewhere. */
  readonly movablePages: number;
  /** Of these, the ones with a mapping: without __GFP_FS they stay where they are. */
  readonly mappingPages: number;
  /** Clean page cache, which is given up where it lies (reclaim_clean_pages_from_list); without __GFP_FS it stays. */
  readonly cachePages: number;
  /** Movable pages that someone holds. */
  readonly pinnedPages: number;
  /** Pages of the kernel: the range cannot be isolated. */
  readonly unmovablePages: number;
}

/** What a range that is wholly free has in the way. */
export const NOTHING_IN_USE = { movablePages: 0, mappingPages: 0, cachePages: 0, pinnedPages: 0, unmovablePages: 0 };

export type RangeResult = "ok" | "EINVAL" | "EBUSY" | "ENOMEM" | "EINTR" | "loop" | "died";

/**
 * alloc_contig_range() (mm/page_alloc.c): verify, isolate, drain, migrate, take. `refcounted`: not one of the frozen
 * calls, which alone take __GFP_COMP since 7.0.
 */
export function allocContigRange(sim: Simulation, caller: Mask, range: Range, refcounted: boolean): RangeResult {
  const { kernel } = sim;
  const { bits, features } = kernel;
  const compound = (caller & bits.COMP) !== 0;
  if (compound && refcounted && features.contigComp === "refused") {
    warnOnce(sim, "alloc_contig_range: compound");
    return "EINVAL";
  }
  if (contigRefused(kernel, caller) !== 0) {
    step(
      sim,
      "__alloc_contig_verify_gfp_mask",
      () => "the mask has bits that the range allocator does not take: -EINVAL",
    );
    return "EINVAL";
  }
  if (range.unmovablePages > 0) {
    step(sim, "start_isolate_page_range", () => "the range holds pages of the kernel: it cannot be isolated");
    return "EBUSY";
  }
  if (meetsFirstPageblock(kernel, range)) {
    step(
      sim,
      "get_pfnblock_bitmap_bitidx",
      () => "the first page of the machine lies in no zone: the kernel dies of it",
    );
    return "died";
  }
  step(sim, "start_isolate_page_range", () => "the pageblocks of the range are isolated");
  mightSleep(sim, "drain_all_pages");
  sim.trace.counts.drainAllPages++;
  step(sim, "drain_all_pages", () => "the per-cpu lists of the zone are drained");
  const migrated = migrate(sim, caller, range);
  if (migrated !== "ok") return migrated;
  if (compound && features.contigComp !== "ignored" && !isOneBlock(kernel, range.pages)) {
    warn(sim, "alloc_contig_range: compound of an uneven range");
    step(sim, "alloc_contig_range", () => "the pages of the range are lost: nobody gives them back");
    takeRange(sim, range);
    return "EINVAL";
  }
  return "ok";
}

/**
 * A small range of ZONE_DMA is looked for from its beginning, in a pageblock whose first page, page 0 of x86, belongs
 * to no zone: with DEBUG_VM the lookup of its type is a BUG (mm/page_alloc.c:get_pfnblock_bitmap_bitidx).
 */
function meetsFirstPageblock(kernel: Kernel, range: Range): boolean {
  return range.zone.name === "DMA" && diesInFirstPageblock(kernel, range.pages);
}

/** Whether a range of so many pages, if it comes to lie at the beginning of ZONE_DMA, is a BUG. */
export function diesInFirstPageblock(kernel: Kernel, pages: number): boolean {
  const { features, options } = kernel;
  return (
    features.pageblockLookupChecksZone && options.DEBUG_VM && options.ZONE_DMA && pages < 2 ** pageblockOrder(kernel)
  );
}

/** A compound page has to be exactly the free block that the isolation leaves: a power of two, a pageblock at least. */
export function isOneBlock(kernel: Kernel, pages: number): boolean {
  return pages >= 2 ** pageblockOrder(kernel) && Number.isInteger(Math.log2(pages));
}

/** __alloc_contig_migrate_range(): the LRU caches, a look at signals, and the pages in use moved away. */
function migrate(sim: Simulation, caller: Mask, range: Range): RangeResult {
  const { kernel } = sim;
  const { features } = kernel;
  step(
    sim,
    features.contigLru === "drain-all" ? "lru_add_drain_all" : "lru_cache_disable",
    () => "pages on the LRU caches of all CPUs become visible",
  );
  if (hasFatalSignal(sim.context)) {
    step(sim, "__alloc_contig_migrate_range", () => "a fatal signal is pending");
    return "EINTR";
  }
  const left = mayMoveMapped(sim, caller) ? 0 : range.mappingPages;
  const kept = mayMoveMapped(sim, caller) ? 0 : range.cachePages;
  const moved = movePages(
    sim,
    targetMaskFrom(sim.kernel, caller, range.zone.name),
    range.zone,
    range.movablePages - left,
  );
  if (moved !== "ok") return moved;
  const why = range.pinnedPages > 0 ? "someone holds it" : "it has a mapping, and __GFP_FS is not there";
  if (range.pinnedPages + left + kept > 0) {
    step(sim, "isolate_migratepages_block", () => `a page stays where it is: ${why}`);
    step(sim, "test_pages_isolated", () => "the range is not free");
    return "EBUSY";
  }
  return "ok";
}

/** isolate_migratepages_block() (mm/compaction.c), of the mask after scopes, in every version. */
function mayMoveMapped({ kernel, context }: Simulation, caller: Mask): boolean {
  return (applyScopes(kernel, caller, context.scopes) & kernel.bits.FS) !== 0;
}

/** Pages that are isolated together, and have their tries together. */
const SWAP_CLUSTER_MAX = 32;

/** migrate_pages(), again and again: so many pages of the zone go elsewhere. */
function movePages(sim: Simulation, target: Mask, zone: Zone, pages: number): RangeResult {
  const tries = sim.kernel.features.contigEndsAtEnomem ? 1 : MIGRATION_TRIES;
  let failed = 0;
  for (let moved = 0; moved < pages; ) {
    const page = allocPages(sim, target, 0, zone.node);
    if (page === "loop" || page === "died") return page;
    if (page === null) {
      step(sim, "migrate_pages", () => "no page to move to");
      failed++;
      if (failed >= tries) return "ENOMEM";
      continue;
    }
    // What was moved leaves its old place free, inside of the range.
    addBlock(zone.ordinary, 0);
    sim.machine.version++;
    moved++;
    if (moved % SWAP_CLUSTER_MAX === 0) failed = 0;
  }
  if (pages > 0) step(sim, "migrate_pages", (amount) => `moved away: ${amount(pages)}`);
  return "ok";
}

/**
 * The range of a call that names none: in the highest zone of the node, as the memory state's `range` says; without
 * that a free block that is large enough is the range; failing that it is taken to meet the zone's pinned pages, its
 * movable pages, and, where there are none of those, the kernel's own.
 */
export function rangeOf(sim: Simulation, pages: number, node: number | null): Range | null {
  const { machine } = sim;
  const stated = machine.range;
  if (stated !== null) {
    const zone = machine.zones.find((candidate) => candidate.node === stated.node && candidate.name === stated.zone);
    if (zone === undefined) return null;
    return {
      zone,
      pages,
      movablePages: stated.movablePages,
      mappingPages: stated.mappingPages ?? 0,
      cachePages: stated.cachePages ?? 0,
      pinnedPages: stated.pinnedPages,
      unmovablePages: stated.unmovablePages,
    };
  }
  const on = node ?? machine.homeNode;
  const zone = machine.zones.findLast((candidate) => candidate.node === on && candidate.managed > 0);
  return zone === undefined ? null : rangeIn(sim, zone, pages);
}

/** Nothing lies in it that would have to be moved. */
export function isFree(range: Range): boolean {
  return range.movablePages + range.cachePages + range.pinnedPages + range.unmovablePages === 0;
}

/**
 * The best range of so many pages that a zone has, outside of contiguous memory areas: a block of theirs counts as
 * unmovable for others (mm/page_isolation.c:has_unmovable_pages).
 */
export function rangeIn(sim: Simulation, zone: Zone, pages: number): Range {
  const order = Math.ceil(Math.log2(Math.max(1, pages)));
  const free = freePages(zone);
  const { unmovable } = zone;
  const wholeBlock = order <= sim.kernel.maxOrder && hasBlock(zone.ordinary, order);
  const largest = 2 ** sim.kernel.maxOrder;
  const manyBlocks = pages > largest && (zone.ordinary.blocks[sim.kernel.maxOrder] ?? 0) * largest >= pages;
  if (wholeBlock || manyBlocks) return { ...NOTHING_IN_USE, zone, pages };
  const yielding = zone.movable + zone.reclaimable;
  const ofTheKernel = zone.managed - free - yielding - zone.pinned;
  return {
    zone,
    pages,
    movablePages: Math.min(zone.movable, pages),
    mappingPages: Math.min(zone.mapping, pages),
    cachePages: Math.min(zone.reclaimable, pages),
    pinnedPages: Math.min(zone.pinned, pages),
    // Between scattered free pages lie those of the kernel, if nothing else is there.
    unmovablePages:
      unmovable !== null
        ? Math.min(unmovable, pages)
        : yielding === 0 && ofTheKernel > 0
          ? Math.min(ofTheKernel, pages)
          : Math.max(0, pages - free - yielding),
  };
}

/** Takes the pages of a range that was won out of the zone's free lists, as far as they are there as blocks. */
export function takeRange(sim: Simulation, range: Range): void {
  const { zone } = range;
  let missing = range.pages;
  for (let order = sim.kernel.maxOrder; order >= 0 && missing > 0; order--) {
    while (missing >= 2 ** order && (takeBlock(zone.ordinary, order) || takeBlock(zone.cma, order)))
      missing -= 2 ** order;
  }
  sim.machine.version++;
}
