import { inInterrupt } from "../contexts.ts";
import { EFFECT } from "../decisions/decision.ts";
import { requestFacts } from "../decisions/facts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { pageblockOrder } from "../limits.ts";
import { ALLOC, allocFlagNames } from "../masks/alloc-flags.ts";
import type { Mask } from "../masks/mask.ts";
import { MIGRATE } from "../masks/properties.ts";
import type { Zone } from "../memory/machine.ts";
import { freePages, hasBlock, takeBlock } from "../memory/machine.ts";
import type { AmountText, PageBlock, Simulation } from "./simulation.ts";
import { step, warnAt } from "./simulation.ts";

/** struct alloc_context: what one request is looking for, and where. */
export interface AllocContext {
  /** The zones that the request may walk, best first, before nodemask and cpuset. */
  readonly zonelist: readonly Zone[];
  readonly highestZone: number;
  readonly migratetype: number;
  /** The nodemask in force: the cpuset's in the fast path of a task; null: any node. */
  nodes: ReadonlySet<number> | null;
}

const WMARK_MASK = ALLOC.WMARK_LOW | ALLOC.WMARK_HIGH;

/** ac->preferred_zoneref: the first zone of the list that the nodemask allows. */
export function preferredZone(ac: AllocContext): Zone | undefined {
  const { nodes } = ac;
  return nodes === null ? ac.zonelist[0] : ac.zonelist.find((zone) => nodes.has(zone.node));
}

/**
 * __cpuset_zone_allowed() (kernel/cgroup/cpuset.c). The nearest hardwall ancestor of the task's cpuset is taken to be
 * the root, so that without __GFP_HARDWALL every node is allowed.
 */
export function cpusetAllows(sim: Simulation, zone: Zone, hardwall: boolean): boolean {
  const { cpusetNodes } = sim.machine;
  if (cpusetNodes === null || inInterrupt(sim.context)) return true;
  return cpusetNodes.has(zone.node) || sim.task.oomVictim || !hardwall;
}

/** The watermark of a zone that the alloc flags choose, in pages, with the boost of a fragmented zone. */
export function watermarkOf(zone: Zone, allocFlags: number): number {
  switch (allocFlags & WMARK_MASK) {
    case ALLOC.WMARK_LOW:
      return zone.low + zone.boost;
    case ALLOC.WMARK_HIGH:
      return zone.high + zone.boost;
    default:
      return zone.min + zone.boost;
  }
}

/**
 * __zone_watermark_ok() (mm/page_alloc.c): whether taking a block of 2^order leaves more than the watermark, its
 * reserves and lowmem_reserve, and whether a usable block of the order is free. `free`: NR_FREE_PAGES or what reclaim
 * could make of it.
 */
export function zoneWatermarkOk(
  kernel: Kernel,
  zone: Zone,
  order: number,
  mark: number,
  highestZone: number,
  allocFlags: number,
  free: number,
): boolean {
  const usable = free - unusableFree(kernel, zone, order, allocFlags);
  const min = reducedWatermark(kernel, mark, allocFlags);
  const reserve = zone.lowmemReserve[highestZone] ?? 0;
  if (usable <= min + reserve) return false;
  if (kernel.features.highOrderWatermark === "shrinks-by-order") return leavesEnoughOfEach(zone, order, usable, min);
  if (order === 0 || hasBlock(zone.ordinary, order)) return true;
  if ((allocFlags & ALLOC.CMA) !== 0 && hasBlock(zone.cma, order)) return true;
  return (allocFlags & highatomicFlags(kernel)) !== 0 && hasBlock(zone.highatomic, order);
}

/**
 * __zone_watermark_ok() to 4.3: of each order below the one asked for the free pages do not count, and the mark halves;
 * what is left must be above it.
 */
function leavesEnoughOfEach(zone: Zone, order: number, usable: number, mark: number): boolean {
  let free = usable;
  let min = mark;
  for (let smaller = 0; smaller < order; smaller++) {
    const count =
      (zone.ordinary.blocks[smaller] ?? 0) + (zone.cma.blocks[smaller] ?? 0) + (zone.highatomic.blocks[smaller] ?? 0);
    free -= count * 2 ** smaller;
    min = Math.trunc(min / 2);
    if (free <= min) return false;
  }
  return true;
}

/** Why a zone does not give a request its block, or that it would. All in pages. */
export interface ZoneFit {
  readonly kind: "fits" | "below-watermark" | "no-block" | "only-apart" | "too-few-of-larger";
  readonly free: number;
  /** Free pages that do not count for the request: in CMA and HIGHATOMIC pageblocks that it may not use. */
  readonly apart: number;
  /** `free` without `apart` and without all but one page of the block itself. */
  readonly usable: number;
  /** The watermark that the alloc flags choose, and what of it is left with the reserves that they open. */
  readonly mark: number;
  readonly reducedMark: number;
  /** lowmem_reserve for the highest zone that the request may use. */
  readonly reserve: number;
}

/** How a zone stands to a request with these alloc flags: __zone_watermark_ok(), told. */
export function zoneFit(kernel: Kernel, zone: Zone, order: number, allocFlags: number, highestZone: number): ZoneFit {
  const free = freePages(zone);
  const ignoresMarks = (allocFlags & ALLOC.NO_WATERMARKS) !== 0;
  const unusable = unusableFree(kernel, zone, order, allocFlags);
  const mark = watermarkOf(zone, allocFlags);
  const reducedMark = reducedWatermark(kernel, mark, allocFlags);
  const reserve = zone.lowmemReserve[highestZone] ?? 0;
  const told = { free, apart: unusable - ((1 << order) - 1), usable: free - unusable, mark, reducedMark, reserve };
  if (!ignoresMarks && told.usable <= reducedMark + reserve) return { ...told, kind: "below-watermark" };
  const isApart = !hasBlock(zone.ordinary, order) && (hasBlock(zone.cma, order) || hasBlock(zone.highatomic, order));
  if (zoneWatermarkOk(kernel, zone, order, ignoresMarks ? 0 : mark, highestZone, allocFlags, free))
    return { ...told, kind: "fits" };
  if (isApart) return { ...told, kind: "only-apart" };
  return { ...told, kind: hasBlock(zone.ordinary, order) ? "too-few-of-larger" : "no-block" };
}

/** Which flags let a request count and take HIGHATOMIC blocks of its order. */
function highatomicFlags(kernel: Kernel): number {
  return kernel.features.reserveScheme === "harder" ? ALLOC.NON_BLOCK | ALLOC.OOM : ALLOC.HIGHATOMIC | ALLOC.OOM;
}

/** __zone_watermark_unusable_free() */
function unusableFree(kernel: Kernel, zone: Zone, order: number, allocFlags: number): number {
  const reserves =
    kernel.features.reserveScheme === "harder"
      ? ALLOC.NON_BLOCK | ALLOC.OOM
      : ALLOC.NON_BLOCK | ALLOC.MIN_RESERVE | ALLOC.HIGHATOMIC | ALLOC.OOM;
  const highatomic = (allocFlags & reserves) === 0 ? zone.reservedHighatomic : 0;
  const cma = (allocFlags & ALLOC.CMA) === 0 ? zone.cma.pages : 0;
  return (1 << order) - 1 + highatomic + cma;
}

/** How far below the watermark the reserves let a request go; the kernel's integer divisions. */
function reducedWatermark(kernel: Kernel, mark: number, allocFlags: number): number {
  let min = mark;
  if (kernel.features.reserveScheme === "harder") {
    if ((allocFlags & ALLOC.MIN_RESERVE) !== 0) min -= Math.trunc(min / 2);
    if ((allocFlags & ALLOC.OOM) !== 0) min -= Math.trunc(min / 2);
    else if ((allocFlags & ALLOC.NON_BLOCK) !== 0) min -= Math.trunc(min / 4);
    return min;
  }
  if ((allocFlags & ALLOC.MIN_RESERVE) !== 0) {
    min -= Math.trunc(min / 2);
    if ((allocFlags & ALLOC.NON_BLOCK) !== 0) min -= Math.trunc(min / 4);
  }
  if ((allocFlags & ALLOC.OOM) !== 0) min -= Math.trunc(min / 2);
  return min;
}

/** zone_watermark_fast(): order 0 with a reserve may ignore the boost of a fragmented zone. */
function watermarkFast(kernel: Kernel, zone: Zone, order: number, highestZone: number, allocFlags: number): boolean {
  const free = freePages(zone);
  if (zoneWatermarkOk(kernel, zone, order, watermarkOf(zone, allocFlags), highestZone, allocFlags, free)) return true;
  const ignoresBoost =
    order === 0 && zone.boost > 0 && (allocFlags & ALLOC.MIN_RESERVE) !== 0 && (allocFlags & WMARK_MASK) === 0;
  return ignoresBoost && zoneWatermarkOk(kernel, zone, order, zone.min, highestZone, allocFlags, free);
}

/**
 * get_page_from_freelist() (mm/page_alloc.c): walks the zones, checks cpuset and watermark, takes a block from the
 * first that passes. Records the attempt. ALLOC_NOFRAGMENT changes only which pageblock a page comes from and is not
 * followed.
 */
export function getPageFromFreelist(
  sim: Simulation,
  mask: Mask,
  order: number,
  allocFlags: number,
  ac: AllocContext,
): PageBlock | null {
  const { kernel, trace } = sim;
  trace.counts.getPageFromFreelist++;
  trace.attempts.push({ mask, order, allocFlags, highestZone: ac.highestZone, migratetype: ac.migratetype });
  const hardwall = (mask & kernel.bits.HARDWALL) !== 0;
  const checksCpuset = sim.machine.cpusetNodes !== null && (allocFlags & ALLOC.CPUSET) !== 0;
  for (const zone of walkOf(sim, ac.zonelist)) {
    if (ac.nodes !== null && !ac.nodes.has(zone.node)) continue;
    if (checksCpuset && !cpusetAllows(sim, zone, hardwall)) continue;
    if ((allocFlags & ALLOC.NO_WATERMARKS) === 0 && !watermarkFast(kernel, zone, order, ac.highestZone, allocFlags))
      continue;
    const from = rmqueue(sim, zone, mask, order, allocFlags, ac.migratetype);
    if (from === null) continue;
    if (order > 0 && reservesHighatomic(kernel, allocFlags)) reserveHighatomic(sim, zone);
    sim.machine.version++;
    step(
      sim,
      "get_page_from_freelist",
      (amount) =>
        `takes ${amount(2 ** order)} from node ${zone.node} ${zone.name}; free after it: ${amount(freePages(zone))}`,
    );
    return {
      node: zone.node,
      zoneIndex: zone.index,
      order,
      from,
      charged: false,
      pfmemalloc: (allocFlags & ALLOC.NO_WATERMARKS) !== 0,
    };
  }
  step(
    sim,
    "get_page_from_freelist",
    (amount) =>
      `nothing with ${allocFlagNames(kernel, allocFlags).join("|")}: ${refusals(sim, order, allocFlags, ac, amount).join("; ")}`,
  );
  return null;
}

/**
 * The zones in the order in which they are looked at: where that is so, those of nodes whose kswapd is running come
 * after all others (skip_kswapd_nodes).
 */
function walkOf(sim: Simulation, zonelist: readonly Zone[]): readonly Zone[] {
  const { kswapdAwake } = sim.machine;
  if (kswapdAwake.length === 0 || !sim.kernel.features.nodesWithKswapdAwakeComeLast) return zonelist;
  const isAwake = ({ node }: Zone): boolean => kswapdAwake.includes(node);
  if (zonelist.every(isAwake)) return zonelist;
  return [...zonelist.filter((zone) => !isAwake(zone)), ...zonelist];
}

/** Why each zone of the list gave nothing, for people. */
function refusals(
  sim: Simulation,
  order: number,
  allocFlags: number,
  ac: AllocContext,
  amount: AmountText,
): readonly string[] {
  if (ac.zonelist.length === 0) return ["no zone to look in"];
  return ac.zonelist.map((zone) => {
    const place = `node ${zone.node} ${zone.name}`;
    if (ac.nodes !== null && !ac.nodes.has(zone.node)) return `${place} is outside of the cpuset`;
    if ((allocFlags & ALLOC.NO_WATERMARKS) !== 0) return `${place} has no block of order ${order}`;
    const usable = freePages(zone) - unusableFree(sim.kernel, zone, order, allocFlags);
    const needed =
      reducedWatermark(sim.kernel, watermarkOf(zone, allocFlags), allocFlags) +
      (zone.lowmemReserve[ac.highestZone] ?? 0);
    return usable <= needed
      ? `${place} has ${amount(Math.max(0, usable))} to give and keeps ${amount(needed)}`
      : `${place} has no block of order ${order}`;
  });
}

/** The flag with which a success of order > 0 reserves its pageblock for later high-order atomic requests. */
function highatomicReserving(kernel: Kernel): number {
  return kernel.features.reserveScheme === "harder" ? ALLOC.NON_BLOCK : ALLOC.HIGHATOMIC;
}

/**
 * Whether such a success reserves its pageblock: any, or one with the min watermark (mm/page_alloc.c:rmqueue_buddy).
 */
function reservesHighatomic(kernel: Kernel, allocFlags: number): boolean {
  if ((allocFlags & highatomicReserving(kernel)) === 0) return false;
  return kernel.features.highatomicReservedBy === "any-try" || (allocFlags & WMARK_MASK) === ALLOC.WMARK_MIN;
}

/**
 * rmqueue(), rmqueue_buddy(): takes the block, and says from which pageblocks; null if there is none that the request
 * may have.
 */
function rmqueue(
  sim: Simulation,
  zone: Zone,
  mask: Mask,
  order: number,
  allocFlags: number,
  migratetype: number,
): PageBlock["from"] | null {
  const { features } = sim.kernel;
  warnServing(sim, mask, order);
  if (order > 0 && (allocFlags & highatomicReserving(sim.kernel)) !== 0 && takeBlock(zone.highatomic, order))
    return "highatomic";
  const mayUseCma = (allocFlags & ALLOC.CMA) !== 0 && migratetype === MIGRATE.MOVABLE;
  const cmaFirst = mayUseCma && zone.cma.pages > freePages(zone) / 2;
  if (cmaFirst && takeBlock(zone.cma, order)) return "cma";
  if (takeBlock(zone.ordinary, order)) return "ordinary";
  if (mayUseCma && takeBlock(zone.cma, order)) return "cma";
  const lastResort = ALLOC.OOM | (features.nonBlockTakesHighatomicPage && order === 0 ? ALLOC.NON_BLOCK : 0);
  if ((allocFlags & lastResort) !== 0 && takeBlock(zone.highatomic, order)) return "highatomic";
  return null;
}

/** What rmqueue() complains about; the per-cpu lists, unless they are off, serve some of it without. */
function warnServing(sim: Simulation, mask: Mask, order: number): void {
  const { table, machine } = sim;
  const complaints = table.at["free-lists"];
  if (complaints.warns.length === 0) return;
  const seen = machine.perCpuListsOff ? EFFECT.warn | EFFECT.warnWhenServed : EFFECT.warnWhenServed;
  warnAt(sim, complaints, requestFacts(table.facts, mask, order), seen);
}

/**
 * reserve_highatomic_pageblock(): at most about 1 % of the zone, and one pageblock more to 6.7; from 6.8 rounded up,
 * and none where that share is less than a pageblock. Which free pages lie in the same pageblock is not known: they
 * stay where they are.
 */
function reserveHighatomic(sim: Simulation, zone: Zone): void {
  sim.trace.counts.reserveHighatomic++;
  const pageblock = 2 ** pageblockOrder(sim.kernel);
  const share = Math.floor(zone.managed / 100);
  const { highatomicNeedsMinimumZone } = sim.kernel.features;
  if (highatomicNeedsMinimumZone && share < pageblock) return;
  const most = highatomicNeedsMinimumZone ? Math.ceil(share / pageblock) * pageblock : share + pageblock;
  if (zone.reservedHighatomic < most) zone.reservedHighatomic += pageblock;
}

/**
 * unreserve_highatomic_pageblock(): gives one HIGHATOMIC pageblock with free pages back to the others; `all` ignores
 * the last one's protection.
 */
export function unreserveHighatomic(sim: Simulation, ac: AllocContext, all: boolean): boolean {
  sim.trace.counts.unreserveHighatomic++;
  const pageblock = 2 ** pageblockOrder(sim.kernel);
  for (const zone of ac.zonelist) {
    if (zone.reservedHighatomic === 0 || (!all && zone.reservedHighatomic <= pageblock)) continue;
    if (zone.highatomic.pages === 0) continue;
    const order = zone.highatomic.blocks.findLastIndex((blocks) => blocks > 0);
    if (!takeBlock(zone.highatomic, order)) continue;
    zone.ordinary.blocks[order] = (zone.ordinary.blocks[order] ?? 0) + 1;
    zone.ordinary.pages += 2 ** order;
    zone.reservedHighatomic = Math.max(0, zone.reservedHighatomic - pageblock);
    sim.machine.version++;
    step(
      sim,
      "unreserve_highatomic_pageblock",
      (amount) => `node ${zone.node} ${zone.name}: ${amount(2 ** order)} of a HIGHATOMIC pageblock return`,
    );
    return true;
  }
  return false;
}
