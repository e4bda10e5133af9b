import { EFFECT, type Fruitless } from "../decisions/decision.ts";
import { ruledOutAt } from "../decisions/table.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { COSTLY_ORDER } from "../limits.ts";
import { ALLOC } from "../masks/alloc-flags.ts";
import type { Mask } from "../masks/mask.ts";
import { MIGRATE } from "../masks/properties.ts";
import type { FreeList, Zone } from "../memory/machine.ts";
import { addBlock, freePages, hasBlock, reclaimablePages } from "../memory/machine.ts";
import type { AllocContext } from "./freelist.ts";
import { cpusetAllows, watermarkOf, zoneWatermarkOk } from "./freelist.ts";
import type { Simulation } from "./simulation.ts";
import { step } from "./simulation.ts";
import { hasFatalSignal } from "./task.ts";

/** enum compact_priority: the smaller, the harder it tries. */
export const COMPACT_PRIORITY = { syncFull: 0, syncLight: 1, async: 2 } as const;

/** enum compact_result, as far as it is told apart; ordered as in the kernel, where the best of all zones counts. */
export const COMPACT = { skipped: 1, deferred: 2, complete: 5, success: 8 } as const;
export type CompactResult = (typeof COMPACT)[keyof typeof COMPACT];

const MAX_DEFER_SHIFT = 6;
const EXTFRAG_THRESHOLD = 500;

/** try_to_compact_pages() (mm/compaction.c): compacts zone by zone until one has a block of the order. */
export function tryToCompactPages(
  sim: Simulation,
  mask: Mask,
  facts: number,
  order: number,
  allocFlags: number,
  ac: AllocContext,
  priority: number,
): CompactResult {
  const { table } = sim;
  sim.trace.counts.tryToCompact++;
  if ((ruledOutAt(table.at.entry, facts) & EFFECT.compact) !== 0) return COMPACT.skipped;
  sim.trace.counts.compactions++;
  const hardwall = (mask & sim.kernel.bits.HARDWALL) !== 0;
  let best: CompactResult = COMPACT.skipped;
  for (const zone of ac.zonelist) {
    if (ac.nodes !== null && !ac.nodes.has(zone.node)) continue;
    if (
      sim.kernel.features.reclaimRetryRespectsCpuset &&
      (allocFlags & ALLOC.CPUSET) !== 0 &&
      !cpusetAllows(sim, zone, hardwall)
    )
      continue;
    if (priority > COMPACT_PRIORITY.syncFull && isDeferred(zone, order)) {
      best = better(best, COMPACT.deferred);
      continue;
    }
    const result = compactZone(sim, zone, order, allocFlags, ac, priority);
    best = better(best, result);
    if (result === COMPACT.success) {
      zone.compactConsidered = 0;
      zone.compactDeferShift = 0;
      break;
    }
    if (priority !== COMPACT_PRIORITY.async && result === COMPACT.complete) defer(zone, order);
    if (hasFatalSignal(sim.context)) break;
  }
  step(sim, "try_to_compact_pages", () => `order ${order}, ${priorityName(priority)}: ${resultName(best)}`);
  return best;
}

/** How a compaction that gave no page ended, for the decisions that ask. */
export function fruitless(result: CompactResult): Fruitless {
  if (result === COMPACT.skipped) return "skipped";
  return result === COMPACT.deferred ? "deferred" : "complete";
}

function better(a: CompactResult, b: CompactResult): CompactResult {
  return a > b ? a : b;
}

function priorityName(priority: number): string {
  if (priority === COMPACT_PRIORITY.async) return "asynchronous";
  return priority === COMPACT_PRIORITY.syncLight ? "synchronous, light" : "synchronous, full";
}

function resultName(result: CompactResult): string {
  switch (result) {
    case COMPACT.skipped:
      return "skipped, too little is free to move pages to";
    case COMPACT.deferred:
      return "deferred after earlier failures";
    case COMPACT.complete:
      return "no block came of it";
    case COMPACT.success:
      return "a block is free";
  }
}

/** compaction_deferred() */
function isDeferred(zone: Zone, order: number): boolean {
  if (order < zone.compactOrderFailed) return false;
  const limit = 1 << zone.compactDeferShift;
  zone.compactConsidered++;
  if (zone.compactConsidered >= limit) {
    zone.compactConsidered = limit;
    return false;
  }
  return true;
}

/** defer_compaction() */
function defer(zone: Zone, order: number): void {
  zone.compactConsidered = 0;
  zone.compactDeferShift = Math.min(zone.compactDeferShift + 1, MAX_DEFER_SHIFT);
  zone.compactOrderFailed = Math.min(zone.compactOrderFailed, order);
}

/**
 * compact_zone(): succeeds when enough pages can move and single pages are free to move them to. Asynchronous
 * compaction takes pages only out of pageblocks of the request's own migratetype (suitable_migration_source()), and
 * what moves lies in movable ones.
 */
function compactZone(
  sim: Simulation,
  zone: Zone,
  order: number,
  allocFlags: number,
  ac: AllocContext,
  priority: number,
): CompactResult {
  const { kernel } = sim;
  if (zoneWatermarkOk(kernel, zone, order, watermarkOf(zone, allocFlags), ac.highestZone, allocFlags, freePages(zone)))
    return COMPACT.success;
  if (!compactionSuitable(kernel, zone, order, ac.highestZone, freePages(zone))) return COMPACT.skipped;
  if (needsCma(kernel, zone, order, allocFlags, ac, priority)) return COMPACT.skipped;
  if (priority === COMPACT_PRIORITY.async && ac.migratetype !== MIGRATE.MOVABLE) return COMPACT.complete;
  if (zone.movable === 0 || zone.movable + zone.ordinary.pages < 2 ** order) return COMPACT.complete;
  if (!mergeFreeBlocks(zone.ordinary, order)) return COMPACT.complete;
  sim.machine.version++;
  return COMPACT.success;
}

/**
 * compaction_suit_allocation_order(): asynchronous compaction of a costly order for a mask that cannot have CMA pages
 * leaves them out of account, and is skipped when only they would make it suitable.
 */
function needsCma(
  kernel: Kernel,
  zone: Zone,
  order: number,
  allocFlags: number,
  ac: AllocContext,
  priority: number,
): boolean {
  if (kernel.features.compactionCountsCmaForAll) return false;
  if (order <= COSTLY_ORDER || priority !== COMPACT_PRIORITY.async || (allocFlags & ALLOC.CMA) !== 0) return false;
  const mark = watermarkOf(zone, allocFlags) + 2 * 2 ** order;
  return !zoneWatermarkOk(kernel, zone, 0, mark, ac.highestZone, 0, freePages(zone));
}

/** Makes one block of the order out of smaller ones, the smallest first. */
function mergeFreeBlocks(list: FreeList, order: number): boolean {
  let missing = 2 ** order;
  if (list.pages < missing) return false;
  for (let small = 0; small < order && missing > 0; small++) {
    const size = 2 ** small;
    const used = Math.min(list.blocks[small] ?? 0, Math.ceil(missing / size));
    list.blocks[small] = (list.blocks[small] ?? 0) - used;
    list.pages -= used * size;
    missing -= used * size;
  }
  // What was taken too much goes back as single pages.
  for (; missing < 0; missing++) addBlock(list, 0);
  if (missing > 0) return false;
  addBlock(list, order);
  return true;
}

/**
 * compaction_suitable(): enough single pages above the watermark to move others to, and, for a costly order, failure by
 * fragmentation rather than by lack of memory.
 */
export function compactionSuitable(
  kernel: Kernel,
  zone: Zone,
  order: number,
  highestZone: number,
  free: number,
): boolean {
  const mark = (order > COSTLY_ORDER ? zone.low : zone.min) + zone.boost + (2 << order);
  if (!zoneWatermarkOk(kernel, zone, 0, mark, highestZone, ALLOC.CMA, free)) return false;
  if (order <= COSTLY_ORDER) return true;
  const index = fragmentationIndex(zone, order);
  return index < 0 || index > EXTFRAG_THRESHOLD;
}

/** fragmentation_index(): 0 lack of memory .. 1000 fragmentation; -1000 when a block of the order is free. */
function fragmentationIndex(zone: Zone, order: number): number {
  let blocks = 0;
  for (const list of [zone.ordinary, zone.cma, zone.highatomic]) {
    if (hasBlock(list, order)) return -1000;
    for (const count of list.blocks) blocks += count;
  }
  if (blocks === 0) return 0;
  return 1000 - Math.trunc((1000 + Math.trunc((freePages(zone) * 1000) / 2 ** order)) / blocks);
}

/**
 * compaction_zonelist_suitable(): whether reclaim could free so much that compaction became possible.
 */
function compactionZonelistSuitable(
  sim: Simulation,
  mask: Mask,
  order: number,
  allocFlags: number,
  ac: AllocContext,
): boolean {
  const hardwall = (mask & sim.kernel.bits.HARDWALL) !== 0;
  const checksCpuset = sim.kernel.features.compactRetryRespectsCpuset && (allocFlags & ALLOC.CPUSET) !== 0;
  return ac.zonelist.some((zone) => {
    if (ac.nodes !== null && !ac.nodes.has(zone.node)) return false;
    if (checksCpuset && !cpusetAllows(sim, zone, hardwall)) return false;
    const available = Math.trunc(reclaimablePages(sim.kernel, zone) / order) + freePages(zone);
    const { kernel } = sim;
    if (
      kernel.features.compactRetry === "progress" &&
      zoneWatermarkOk(kernel, zone, order, watermarkOf(zone, allocFlags), ac.highestZone, allocFlags, freePages(zone))
    )
      return false;
    return compactionSuitable(kernel, zone, order, ac.highestZone, available);
  });
}

const MAX_COMPACT_RETRIES = 16;

/** Counters of one slow path that should_compact_retry() keeps. */
export interface CompactRetry {
  priority: number;
  retries: number;
}

/** should_compact_retry() (mm/page_alloc.c). Changes the priority and the count. */
export function shouldCompactRetry(
  sim: Simulation,
  mask: Mask,
  order: number,
  allocFlags: number,
  ac: AllocContext,
  result: CompactResult,
  state: CompactRetry,
): boolean {
  sim.trace.counts.compactRetry++;
  const { features, options } = sim.kernel;
  if (order === 0) return false;
  if (!options.COMPACTION) return order <= COSTLY_ORDER;
  if (features.compactRetryStopsOnFatalSignal && hasFatalSignal(sim.context)) return false;
  if (result === COMPACT.skipped) return compactionZonelistSuitable(sim, mask, order, allocFlags, ac);
  if (result === COMPACT.success) {
    state.retries++;
    const most = order > COSTLY_ORDER ? MAX_COMPACT_RETRIES / 4 : MAX_COMPACT_RETRIES;
    if (state.retries <= most) return true;
  }
  const hardest = order > COSTLY_ORDER ? COMPACT_PRIORITY.syncLight : COMPACT_PRIORITY.syncFull;
  if (state.priority <= hardest) return false;
  state.priority--;
  state.retries = 0;
  return true;
}
