import type { Kernel } from "../kernels/kernel.ts";
import { contigRefused } from "../masks/contig.ts";
import { mask, type Mask } from "../masks/mask.ts";
import { pageblockOrder } from "../limits.ts";
import { addBlock, freePages, hasBlock, takeBlock, type Zone } from "../memory/machine.ts";
import { MIGRATION_TRIES } from "./effort.ts";
import { migrationTargetMask } from "./target.ts";
import { allocPages, mightSleep } from "../slowpath/allocate.ts";
import { step, warn, warnOnce, type Simulation } from "../slowpath/simulation.ts";
import { hasFatalSignal } from "../slowpath/task.ts";

/** A stretch of page frames, and what is in its way. */
export interface Range {
  readonly zone: Zone;
  readonly pages: number;
  /** Pages in use that can be moved elsewhere. */
  readonly movablePages: number;
  /** Movable pages that someone holds. */
  readonly pinnedPages: number;
  /** Pages of the kernel: the range cannot be isolated. */
  readonly unmovablePages: number;
}

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
  step(sim, "start_isolate_page_range", () => "the pageblocks of the range are isolated");
  mightSleep(sim, "drain_all_pages");
  sim.trace.counts.drainAllPages++;
  step(sim, "drain_all_pages", () => "the per-cpu lists of the zone are drained");
  const migrated = migrate(sim, caller, range);
  if (migrated !== "ok") return migrated;
  if (compound && features.contigComp === "supported" && !isOneBlock(kernel, range.pages)) {
    warn(sim, "alloc_contig_range: compound of an uneven range");
    return "EINVAL";
  }
  return "ok";
}

/** A compound page has to be exactly the free block that the isolation leaves: a power of two, a pageblock at least. */
export function isOneBlock(kernel: Kernel, pages: number): boolean {
  return pages >= 2 ** pageblockOrder(kernel) && Number.isInteger(Math.log2(pages));
}

/** __alloc_contig_migrate_range(): the LRU caches, a look at signals, and the pages in use moved away. */
function migrate(sim: Simulation, caller: Mask, range: Range): RangeResult {
  const { kernel } = sim;
  const { bits, features } = kernel;
  step(
    sim,
    features.contigLru === "drain-all" ? "lru_add_drain_all" : "lru_cache_disable",
    () => "pages on the LRU caches of all CPUs become visible",
  );
  if (hasFatalSignal(sim.context)) {
    step(sim, "__alloc_contig_migrate_range", () => "a fatal signal is pending");
    return "EINTR";
  }
  const fast = features.contigNoretryFastMode && (caller & bits.NORETRY) !== 0;
  const target = targetMask(sim, caller, range.zone);
  for (let moved = 0; moved < range.movablePages; moved++) {
    const page = allocPages(sim, target, 0, range.zone.node);
    if (page === "loop" || page === "died") return page;
    if (page === null) {
      step(sim, "migrate_pages", () => "no page to move to");
      return "ENOMEM";
    }
    // What was moved leaves its old place free, inside of the range.
    addBlock(range.zone.ordinary, 0);
    sim.machine.version++;
  }
  if (range.movablePages > 0) step(sim, "migrate_pages", () => `${range.movablePages} pages are moved away`);
  if (range.pinnedPages > 0) {
    step(sim, "migrate_pages", () =>
      fast
        ? "a page is held by someone: the fast mode gives up at once"
        : `a page is held by someone: given up after ${MIGRATION_TRIES} rounds`,
    );
    return "EBUSY";
  }
  return "ok";
}

/**
 * What migration targets are asked for with: movable pages may go to HighMem and Movable only from there
 * (mm/migrate.c:alloc_migration_target).
 */
function targetMask(sim: Simulation, caller: Mask, zone: Zone): Mask {
  const { bits, features } = sim.kernel;
  const high = zone.name === "HighMem" || zone.name === "Movable" ? bits.HIGHMEM : 0;
  return mask(migrationTargetMask(sim.kernel, caller) | high | (features.hasFolioAlloc ? bits.COMP : 0));
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
      pinnedPages: stated.pinnedPages,
      unmovablePages: stated.unmovablePages,
    };
  }
  const on = node ?? machine.homeNode;
  const zone = machine.zones.findLast((candidate) => candidate.node === on && candidate.managed > 0);
  return zone === undefined ? null : rangeIn(sim, zone, pages);
}

/** The best range of so many pages that a zone has. */
export function rangeIn(sim: Simulation, zone: Zone, pages: number): Range {
  const order = Math.ceil(Math.log2(Math.max(1, pages)));
  const free = freePages(zone);
  const wholeBlock = order <= sim.kernel.maxOrder && (hasBlock(zone.ordinary, order) || hasBlock(zone.cma, order));
  const largest = 2 ** sim.kernel.maxOrder;
  const manyBlocks =
    pages > largest &&
    ((zone.ordinary.blocks[sim.kernel.maxOrder] ?? 0) + (zone.cma.blocks[sim.kernel.maxOrder] ?? 0)) * largest >= pages;
  if (wholeBlock || manyBlocks) return { zone, pages, movablePages: 0, pinnedPages: 0, unmovablePages: 0 };
  // Clean page cache is given up where it lies (reclaim_clean_pages_from_list).
  const yielding = zone.movable + zone.reclaimable;
  const ofTheKernel = zone.managed - free - yielding - zone.pinned;
  return {
    zone,
    pages,
    movablePages: Math.min(zone.movable, pages),
    pinnedPages: Math.min(zone.pinned, pages),
    // Between scattered free pages lie those of the kernel, if nothing else is there.
    unmovablePages:
      yielding === 0 && ofTheKernel > 0 ? Math.min(ofTheKernel, pages) : Math.max(0, pages - free - yielding),
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
