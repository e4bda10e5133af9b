import { interrupted, isAtomic } from "../contexts.ts";
import { maySleep } from "../decisions/walk.ts";
import { ALLOC, prepare } from "../masks/alloc-flags.ts";
import type { Mask } from "../masks/mask.ts";
import { mask as maskOf } from "../masks/mask.ts";
import { applyScopes, crashesMigratetype, migratetype, MIGRATE, zonelist } from "../masks/properties.ts";
import { gfpZoneIndex, gfpZoneValid } from "../masks/zone.ts";
import type { Zone } from "../memory/machine.ts";
import { addBlock, zonelistOf } from "../memory/machine.ts";
import type { AllocContext } from "./freelist.ts";
import { getPageFromFreelist, preferredZone } from "./freelist.ts";
import { chargeKernelMemory } from "./memcg.ts";
import type { AllocResult, PageBlock, Simulation } from "./simulation.ts";
import { bug, isSpent, step, warn, warnOnce } from "./simulation.ts";
import { slowPath } from "./slowpath.ts";

/**
 * The page allocator: __alloc_pages() (mm/page_alloc.c; __alloc_pages_nodemask() to 5.12, __alloc_pages_noprof() since
 * 6.10), which alloc_pages() and alloc_pages_node() call. Changes the simulation's memory and records what it did.
 *
 * `order` 0 and up (above the kernel's maximum: NULL with a warning); `node` null: the node of the CPU. A node that the
 * machine does not have gives null, as an empty zonelist does. Ends always: a call that would go round for ever gives
 * "loop", and so does one that the simulation cannot afford any more (`trace.costly`).
 */
export function allocPages(sim: Simulation, mask: Mask, order: number, node: number | null): AllocResult {
  const { kernel, trace } = sim;
  const { bits } = kernel;
  if (isSpent(sim, 1)) return "loop";
  trace.counts.alloc++;
  if (order > kernel.maxOrder) {
    if ((mask & bits.NOWARN) === 0) warnOnce(sim, "alloc_pages: order above maximum");
    step(sim, "__alloc_pages", () => `order ${order} is above the largest, ${kernel.maxOrder}: refused`);
    return null;
  }
  // gfp_allowed_mask: bits that the version does not define go no further.
  const allowed = maskOf(mask & kernel.allBits);
  const scoped = applyScopes(kernel, allowed, sim.context.scopes);
  const first = kernel.features.scopesApplyToFastPath ? scoped : allowed;
  const ac = prepareAllocPages(sim, first, node);
  if (ac === "died") return ac;
  const fast = fastPath(sim, first, order, ac);
  if (fast === "died") return fast;
  if (fast !== null) return chargePages(sim, scoped, fast);
  const slow = slowPath(sim, scoped, order, { ...ac, nodes: null });
  return slow === null || typeof slow === "string" ? slow : chargePages(sim, scoped, slow);
}

/**
 * prepare_alloc_pages() before any cpuset: what the request looks for, and what DEBUG_VM and might_alloc() say of its
 * mask. `node` null: the CPU's own.
 */
export function prepareAllocPages(sim: Simulation, mask: Mask, node: number | null): AllocContext | "died" {
  if (!gfpZoneValid(mask) && sim.kernel.options.DEBUG_VM) {
    bug(sim, "gfp_zone: invalid zone bits");
    return "died";
  }
  const ac = allocContextOf(sim, mask, node);
  checkMigratetype(sim, mask);
  if (maySleep(sim.table, mask, sim.context)) mightSleep(sim, "might_alloc");
  return ac;
}

/**
 * alloc_pages_node() (include/linux/gfp.h): the caller names a node, which has to exist. One that does not has no
 * zonelist, and looking for it is a page fault in the kernel; a number that no node can have is a VM_BUG_ON with
 * DEBUG_VM, where that is checked. Arguments and result as of `allocPages`.
 */
export function allocPagesNode(sim: Simulation, mask: Mask, order: number, node: number | null): AllocResult {
  const { kernel, machine } = sim;
  if (node === null || !kernel.options.NUMA || machine.nodes.includes(node)) return allocPages(sim, mask, order, node);
  if (kernel.features.nodeNumberChecked && kernel.options.DEBUG_VM && (node < 0 || node >= machine.nodeLimit)) {
    bug(sim, "__alloc_pages_node: node out of range");
    return "died";
  }
  if (kernel.options.DEBUG_VM && kernel.features.offlineNodeWarns && (mask & kernel.bits.THISNODE) !== 0)
    warn(sim, "__alloc_pages_node: node offline");
  if (order > kernel.maxOrder) return allocPages(sim, mask, order, node);
  step(sim, "node_zonelist", () => `there is no node ${node}: a page fault in the kernel`);
  return "died";
}

/** Gives a block back: __free_pages(). */
function freePageBlock(sim: Simulation, block: PageBlock): void {
  const zone = sim.machine.zones.find(
    (candidate) => candidate.node === block.node && candidate.index === block.zoneIndex,
  );
  if (zone === undefined) return;
  addBlock(zone[block.from], block.order);
  sim.machine.version++;
}

/**
 * Records a "sleeping function called from invalid context" if the context may not sleep (CONFIG_DEBUG_ATOMIC_SLEEP).
 */
export function mightSleep(sim: Simulation, site: string): void {
  if (isAtomic(sim.kernel, sim.context)) sim.trace.sleepSites.push(site);
}

/** What a request looks for, as prepare_alloc_pages() sets it up, before any cpuset. `node` null: the CPU's own. */
export function allocContextOf(sim: Simulation, mask: Mask, node: number | null): AllocContext {
  const highestZone = gfpZoneIndex(sim.kernel, mask);
  const thisNode = zonelist(sim.kernel, mask) === 1;
  return {
    zonelist: zonelistOf(sim.machine, node ?? sim.machine.homeNode, highestZone, thisNode),
    highestZone,
    migratetype: migratetype(sim.kernel, mask),
    nodes: null,
  };
}

/** gfp_migratetype() warns with DEBUG_VM, once for each of its two calls in prepare_alloc_pages(). */
function checkMigratetype(sim: Simulation, mask: Mask): void {
  if (!sim.kernel.options.DEBUG_VM || migratetype(sim.kernel, mask) !== MIGRATE.INVALID) return;
  warn(sim, "gfp_migratetype: movable and reclaimable");
  warn(sim, "gfp_migratetype: movable and reclaimable");
}

/** The first try with the low watermark; the cpuset is enforced here whatever the mask says (prepare_alloc_pages()). */
function fastPath(sim: Simulation, mask: Mask, order: number, ac: AllocContext): PageBlock | null | "died" {
  const { kernel, machine } = sim;
  let flags = prepare(kernel, mask, order, sim.context.scopes);
  let firstMask = mask;
  if (machine.cpusetNodes !== null) {
    firstMask = maskOf(mask | kernel.bits.HARDWALL);
    if (kernel.features.cpusetConfinesInterrupts || !interrupted(kernel, sim.context)) ac.nodes = machine.cpusetNodes;
    else flags |= ALLOC.CPUSET;
  }
  if (!avoidsFragmentation(sim, preferredZone(ac))) flags &= ~ALLOC.NOFRAGMENT;
  step(sim, "__alloc_pages", () => "fast path: low watermark");
  if (ac.migratetype === MIGRATE.INVALID && crashesMigratetype(kernel, order)) {
    step(sim, "rmqueue", () => "migratetype 3 is no row of the tables: a page fault in the kernel");
    return "died";
  }
  return getPageFromFreelist(sim, firstMask, order, flags, ac);
}

/** alloc_flags_nofragment(): only in Normal, and on a machine with more nodes only with memory in the zone below it. */
function avoidsFragmentation(sim: Simulation, preferred: Zone | undefined): boolean {
  const { kernel, machine } = sim;
  if (preferred === undefined || preferred.index !== kernel.zones.indexOf("Normal")) return false;
  if (machine.nodes.length === 1) return true;
  return machine.zones.some(
    (zone) => zone.node === preferred.node && zone.index === preferred.index - 1 && zone.managed > 0,
  );
}

/**
 * __GFP_ACCOUNT: the page is charged after it was taken, and given back if the charge fails
 * (__memcg_kmem_charge_page()).
 */
export function chargePages(sim: Simulation, mask: Mask, block: PageBlock): AllocResult {
  if ((mask & sim.kernel.bits.ACCOUNT) === 0) return block;
  switch (chargeKernelMemory(sim, mask, block.order)) {
    case "charged":
      return { ...block, charged: true };
    case "uncharged":
      return block;
    case "refused":
      freePageBlock(sim, block);
      return null;
  }
}
