import { FACT } from "../decisions/facts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { COSTLY_ORDER, MAX_RECLAIM_RETRIES } from "../limits.ts";
import { ALLOC } from "../masks/alloc-flags.ts";
import type { Mask } from "../masks/mask.ts";
import type { Machine, Zone } from "../memory/machine.ts";
import { addPages, freePages, receive, reclaimablePages } from "../memory/machine.ts";
import { canCompact } from "../masks/properties.ts";
import { compactionSuitable } from "./compaction.ts";
import type { AllocContext } from "./freelist.ts";
import { cpusetAllows, zoneWatermarkOk } from "./freelist.ts";
import type { Simulation } from "./simulation.ts";
import { step } from "./simulation.ts";

const SWAP_CLUSTER_MAX = 32;
/** At most so many rounds empty a zone, however large: a round of the kernel scans a share of the list too. */
const MOST_ROUNDS = 1024;

/**
 * try_to_free_pages() (mm/vmscan.c): what one round of direct reclaim gets, in pages; 1 when it stops early because
 * compaction could run instead (compaction_ready()), although nothing was freed.
 */
export function tryToFreePages(sim: Simulation, mask: Mask, order: number, ac: AllocContext): number {
  const { machine } = sim;
  if (machine.dying.length > 0) {
    const pages = receive(machine, machine.dying);
    machine.dying = [];
    step(sim, "exit_mmap", (amount) => `the killed process is gone, and leaves ${amount(pages)}`);
  }
  // Versions that ask gfp_compaction_allowed() elsewhere ask it here as well.
  const mayCompact = canCompact(sim.kernel, mask);
  const reclaimed = new Set<number>();
  let progress = 0;
  let readyToCompact = false;
  for (const zone of ac.zonelist) {
    if (ac.nodes !== null && !ac.nodes.has(zone.node)) continue;
    if (machine.cpusetNodes !== null && !cpusetAllows(sim, zone, true)) continue;
    if (order > COSTLY_ORDER && mayCompact && compactionReady(sim, zone, order, ac.highestZone)) {
      readyToCompact = true;
      continue;
    }
    if (reclaimed.has(zone.node)) continue;
    reclaimed.add(zone.node);
    progress += shrinkNode(machine, zone.node, ac.highestZone);
  }
  runKswapd(sim);
  if (progress > 0) machine.version++;
  step(sim, "try_to_free_pages", (amount) =>
    progress > 0
      ? `freed: ${amount(progress)}`
      : readyToCompact
        ? "enough is free for compaction to run"
        : "nothing to free",
  );
  return progress === 0 && readyToCompact ? 1 : progress;
}

/**
 * throttle_direct_reclaim() (mm/vmscan.c), as far as a wait does not end by itself: the reserves of the first node that
 * the request may use count as used up, while kswapd finds the node balanced, goes back to sleep and wakes the task,
 * which wakes kswapd. Where the node is not balanced kswapd frees pages, or gives the node up, and the wait is over. A
 * task with a fatal signal is not throttled. `facts`: those of the request (FACT).
 */
export function isThrottled(sim: Simulation, ac: AllocContext, facts: number): boolean {
  if ((facts & (FACT.dying | FACT.oomVictim)) !== 0) return false;
  const { kernel, machine } = sim;
  const normal = kernel.zones.indexOf("Normal");
  const node = firstNode(ac, normal);
  if (node === null) return false;
  // allow_direct_reclaim()
  let reserve = 0;
  let free = 0;
  for (const zone of machine.zones) {
    if (zone.node !== node || zone.index > normal || zone.managed === 0 || isLeftOut(kernel, zone)) continue;
    reserve += zone.min + zone.boost;
    free += freePages(zone);
  }
  return reserve > 0 && free <= Math.trunc(reserve / 2) && isBalanced(sim, node, 0, normal);
}

/** The node of the first zone up to `highest` that the request may use; null: there is none. */
function firstNode({ zonelist, nodes }: AllocContext, highest: number): number | null {
  for (const { index, node } of zonelist) if (index <= highest && (nodes === null || nodes.has(node))) return node;
  return null;
}

/** pgdat_balanced(): a zone of the node, up to the highest that is asked for, is above its high watermark. */
export function isBalanced({ kernel, machine }: Simulation, node: number, order: number, highestZone: number): boolean {
  for (const zone of machine.zones) {
    if (zone.node !== node || zone.index > highestZone || zone.managed === 0) continue;
    const mark = zone.high + zone.boost;
    if (zoneWatermarkOk(kernel, zone, order, mark, highestZone, 0, freePages(zone))) return true;
  }
  return false;
}

/** allow_direct_reclaim() passes the zone over. */
function isLeftOut(kernel: Kernel, zone: Zone): boolean {
  if (reclaimablePages(kernel, zone) > 0) return false;
  return kernel.features.throttlingLeavesOut === "unreclaimable" || freePages(zone) > 0;
}

/** compaction_ready(): the order is there, or compaction could make it with the high watermark to spare. */
function compactionReady(sim: Simulation, zone: Zone, order: number, highestZone: number): boolean {
  const { kernel } = sim;
  const free = freePages(zone);
  if (zoneWatermarkOk(kernel, zone, order, zone.min + zone.boost, highestZone, 0, free)) return true;
  if (!compactionSuitable(kernel, zone, order, highestZone, free)) return false;
  return zoneWatermarkOk(kernel, zone, 0, zone.high + zone.boost + 2 * 2 ** order, highestZone, 0, free);
}

/**
 * shrink_node(): the shrinkers of the node, whatever zone their pages lie in, and the LRU pages of the zones allowed.
 */
function shrinkNode(machine: Machine, node: number, highestZone: number): number {
  let freed = 0;
  for (const shrinker of machine.shrinkers) {
    if (shrinker.node !== node || shrinker.pages === 0) continue;
    const pages = roundOf(shrinker.pages, shrinker.pagesAtStart, shrinker.pagesPerRound);
    const zone = machine.zones.find((candidate) => candidate.node === node && candidate.name === shrinker.zone);
    shrinker.pages -= pages;
    if (zone !== undefined) addPages(zone.ordinary, pages);
    freed += pages;
  }
  for (const zone of machine.zones) {
    if (zone.node !== node || zone.index > highestZone || zone.reclaimable === 0) continue;
    const pages = roundOf(zone.reclaimable, zone.reclaimableAtStart, SWAP_CLUSTER_MAX);
    zone.reclaimable -= pages;
    // Single pages from here and there on the LRU lists; only compaction makes blocks of them.
    zone.ordinary.blocks[0] = (zone.ordinary.blocks[0] ?? 0) + pages;
    zone.ordinary.pages += pages;
    freed += pages;
  }
  return freed;
}

/** What kswapd of the nodes where it runs frees meanwhile (balance_pgdat(): zones that are not balanced). */
function runKswapd(sim: Simulation): void {
  const { machine } = sim;
  for (const node of machine.kswapdAwake) {
    const pages = machine.kswapdPagesPerRound.get(node) ?? 0;
    if (pages === 0) continue;
    let freed = 0;
    for (const zone of machine.zones) {
      if (zone.node !== node || isBalanced(sim, node, 0, zone.index)) continue;
      const taken = Math.min(zone.reclaimable, pages - freed);
      zone.reclaimable -= taken;
      zone.ordinary.blocks[0] = (zone.ordinary.blocks[0] ?? 0) + taken;
      zone.ordinary.pages += taken;
      freed += taken;
    }
    if (freed === 0) continue;
    machine.version++;
    step(sim, "kswapd", (amount) => `frees ${amount(freed)} of node ${node} meanwhile`);
  }
}

/** What one round takes of what is left. */
function roundOf(left: number, atStart: number, usual: number): number {
  return Math.min(left, Math.max(usual, Math.ceil(atStart / MOST_ROUNDS)));
}

/** Counter of one slow path that should_reclaim_retry() keeps. */
export interface ReclaimRetry {
  noProgressLoops: number;
}

/**
 * should_reclaim_retry() (mm/page_alloc.c), without its last resort: whether another round is worth while, because some
 * zone would pass its min watermark if all that looks reclaimable were free.
 */
export function shouldReclaimRetry(
  sim: Simulation,
  mask: Mask,
  order: number,
  allocFlags: number,
  ac: AllocContext,
  progressed: boolean,
  state: ReclaimRetry,
): boolean {
  sim.trace.counts.reclaimRetry++;
  if (progressed && order <= COSTLY_ORDER) state.noProgressLoops = 0;
  else state.noProgressLoops++;
  if (state.noProgressLoops > MAX_RECLAIM_RETRIES) return false;
  const { kernel } = sim;
  const hardwall = (mask & kernel.bits.HARDWALL) !== 0;
  return ac.zonelist.some((zone) => {
    if (ac.nodes !== null && !ac.nodes.has(zone.node)) return false;
    const checksCpuset = kernel.features.reclaimRetryRespectsCpuset && (allocFlags & ALLOC.CPUSET) !== 0;
    if (checksCpuset && !cpusetAllows(sim, zone, hardwall)) return false;
    const available = freePages(zone) + reclaimablePages(kernel, zone);
    return zoneWatermarkOk(kernel, zone, order, zone.min + zone.boost, ac.highestZone, allocFlags, available);
  });
}
