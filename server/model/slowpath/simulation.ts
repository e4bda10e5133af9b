import type { Context } from "../contexts.ts";
import { EFFECT } from "../decisions/decision.ts";
import type { DecisionTable, StageDecisions } from "../decisions/table.ts";
import { holds, tableOf } from "../decisions/table.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { Machine, Zone } from "../memory/machine.ts";
import { machineOf } from "../memory/machine.ts";
import type { Attempt, MemoryState, Step, ZonePicture } from "../memory/state.ts";
import { isOomVictim } from "./task.ts";

/**
 * A WARN, by what it is about; the kernel function in the comment. File and line differ from tree to tree and are not
 * the model's business.
 */
export type WarnSite =
  /** rmqueue(): NOFAIL with order > 1, however much is free (to 6.11). */
  | "rmqueue: nofail above order 1"
  /** __alloc_pages_slowpath(): the same on entry of the slow path (6.12 to 6.18). */
  | "slowpath entry: nofail above order 1"
  | "slowpath entry: nofail without direct reclaim"
  | "slowpath entry: nofail under PF_MEMALLOC"
  /** __alloc_pages_slowpath(), at nopage (to 6.11). */
  | "nopage: nofail without direct reclaim"
  | "nopage: nofail under PF_MEMALLOC"
  | "nopage: nofail costly order"
  /** __alloc_pages_slowpath(): __GFP_ATOMIC with __GFP_DIRECT_RECLAIM (4.4 to 6.2). */
  | "slowpath entry: atomic with direct reclaim"
  /** __alloc_pages(): order above the maximum. */
  | "alloc_pages: order above maximum"
  /** gfp_migratetype(): MOVABLE together with RECLAIMABLE (CONFIG_DEBUG_VM). */
  | "gfp_migratetype: movable and reclaimable"
  /** A site of an API, named `function: what`. */
  | `${string}: ${string}`;

/** What is counted while a simulation runs; each is one call of the kernel function named. */
export interface Counts {
  /** __alloc_pages() */
  alloc: number;
  /** get_page_from_freelist() */
  getPageFromFreelist: number;
  /** __alloc_pages_slowpath() */
  slowpath: number;
  /** __alloc_pages_direct_reclaim() */
  directReclaim: number;
  /** __alloc_pages_direct_compact(), order 0 too, where it returns at once */
  directCompact: number;
  /** try_to_compact_pages(), those included that it refuses on entry */
  tryToCompact: number;
  /** try_to_compact_pages() that went on to the zones */
  compactions: number;
  /** __alloc_pages_may_oom() */
  mayOom: number;
  /** out_of_memory() */
  outOfMemory: number;
  /** oom_kill_process() */
  oomKill: number;
  /** calls of an OOM notifier */
  oomNotifier: number;
  /** wakeup_kswapd(), one for each zone of the walk */
  wakeKswapd: number;
  /** warn_alloc(), silenced or not */
  warnAlloc: number;
  /** failure reports that get printed */
  failureReports: number;
  /** reports of vmalloc itself that get printed */
  vmallocReports: number;
  /** __drain_all_pages() */
  drainAllPages: number;
  /** __alloc_pages_cpuset_fallback() */
  cpusetFallback: number;
  /** should_reclaim_retry() */
  reclaimRetry: number;
  /** should_compact_retry() */
  compactRetry: number;
  /** reserve_highatomic_pageblock() */
  reserveHighatomic: number;
  /** unreserve_highatomic_pageblock() */
  unreserveHighatomic: number;
  /** memory cgroup charges that were refused */
  memcgRefusals: number;
}

/** Everything that a simulation did, in order. Grows while the simulation runs. */
export interface Trace {
  readonly attempts: Attempt[];
  readonly counts: Counts;
  readonly warnSites: WarnSite[];
  /** out_of_memory() found nobody to kill: the kernel panicked. */
  panicked: boolean;
  /** The simulation stopped because it had done as much as it may: what the call comes to is not known. */
  costly: boolean;
  /** What was done so far, in calls of the page allocator. */
  work: number;
  /** The call does not come back because throttle_direct_reclaim() has it wait for kswapd, which has nothing to do. */
  throttled: boolean;
  /** How many tries had been made when throttle_direct_reclaim() first made the task wait; null: it never did. */
  throttledAt: number | null;
  /** BUG() and VM_BUG_ON() sites, named like warn sites. The call died there. */
  readonly bugSites: WarnSite[];
  /** "sleeping function called from invalid context": the function that may sleep, in order. */
  readonly sleepSites: string[];
  readonly steps: Step[];
  /** The last picture of the zones, and the state of the machine that it is of. */
  pictured: { readonly version: number; readonly zones: readonly ZonePicture[] } | null;
}

export interface SimulationOptions {
  /** Record `steps` for people. Off: nothing is spent on them. */
  readonly steps?: boolean;
  /** Which steps, from 0, have the zones as they are after them; none if left out. */
  readonly pictures?: (step: number) => boolean;
  /** How the steps tell amounts; in pages if left out. */
  readonly amount?: AmountText;
  /**
   * A call that goes round without headway is reported as `loop` at once, but its trace goes on up to this many
   * attempts. Default 0.
   */
  readonly loopAttempts?: number;
}

/**
 * One task on one machine: the state that an allocation changes, and the record of what happened. Calls made on the
 * same simulation see what the earlier ones left.
 */
export interface Simulation {
  readonly kernel: Kernel;
  /** What the kernel decides, as the verdict has it too. */
  readonly table: DecisionTable;
  readonly context: Context;
  readonly machine: Machine;
  /** What happens to the task itself: the OOM path marks a dying one as its victim. */
  readonly task: { oomVictim: boolean };
  readonly trace: Trace;
  readonly options: SimulationOptions;
}

/**
 * What one call of the page allocator gave. `loop`: it does not come back (`trace.throttled`: it waits). `died`: a
 * BUG() in the kernel, see `trace.bugSites`.
 */
export type AllocResult = PageBlock | null | "loop" | "died";

/** A block of 2^order pages that was handed out. */
export interface PageBlock {
  readonly node: number;
  /** Index in `kernel.zones`: 0 DMA, 1 DMA32, 2 Normal, 3 Movable on x86-64. */
  readonly zoneIndex: number;
  readonly order: number;
  readonly from: "ordinary" | "cma" | "highatomic";
  /** Allocated without watermarks: page_is_pfmemalloc(). */
  readonly pfmemalloc: boolean;
  /** Charged to the task's memory cgroup. */
  readonly charged: boolean;
}

/** A fresh simulation: the machine is built from `memory`, the trace is empty. `memory` is not changed. */
export function simulationOf(
  kernel: Kernel,
  context: Context,
  memory: MemoryState,
  options: SimulationOptions = {},
): Simulation {
  return {
    kernel,
    table: tableOf(kernel),
    context,
    machine: machineOf(kernel, memory),
    task: { oomVictim: isOomVictim(context) },
    trace: emptyTrace(),
    options,
  };
}

function emptyTrace(): Trace {
  return {
    attempts: [],
    counts: {
      alloc: 0,
      getPageFromFreelist: 0,
      slowpath: 0,
      directReclaim: 0,
      directCompact: 0,
      tryToCompact: 0,
      compactions: 0,
      mayOom: 0,
      outOfMemory: 0,
      oomKill: 0,
      oomNotifier: 0,
      wakeKswapd: 0,
      warnAlloc: 0,
      failureReports: 0,
      vmallocReports: 0,
      drainAllPages: 0,
      cpusetFallback: 0,
      reclaimRetry: 0,
      compactRetry: 0,
      reserveHighatomic: 0,
      unreserveHighatomic: 0,
      memcgRefusals: 0,
    },
    warnSites: [],
    panicked: false,
    costly: false,
    work: 0,
    throttled: false,
    throttledAt: null,
    bugSites: [],
    sleepSites: [],
    steps: [],
    pictured: null,
  };
}

/** Records a WARN; each site warns once in a simulation (WARN_ON_ONCE), as the first sight is what a log shows. */
export function warnOnce(sim: Simulation, site: WarnSite): void {
  if (!sim.trace.warnSites.includes(site)) sim.trace.warnSites.push(site);
}

/** Records the WARNs of the decisions of a stage that hold, of those that warn as `seen` says. */
export function warnAt(
  sim: Simulation,
  { warns }: StageDecisions,
  facts: number,
  seen: number = EFFECT.warn | EFFECT.warnWhenServed,
): void {
  for (const compiled of warns) {
    const { warnSite } = compiled.decision;
    if (warnSite !== undefined && (compiled.does & seen) !== 0 && holds(compiled, facts)) warnOnce(sim, warnSite);
  }
}

/** Records a WARN that shows every time. */
export function warn(sim: Simulation, site: WarnSite): void {
  sim.trace.warnSites.push(site);
}

/** Records a BUG(): the call dies here. */
export function bug(sim: Simulation, site: WarnSite): void {
  sim.trace.bugSites.push(site);
}

/** How many pages, as the reader of the steps counts them. */
export type AmountText = (pages: number) => string;

const inPages: AmountText = (pages) => (pages === 1 ? "1 page" : `${pages} pages`);

/** Records a step for people; `text` is only called when steps are asked for. */
export function step(sim: Simulation, at: string, text: (amount: AmountText) => string): void {
  const { steps, pictures, amount } = sim.options;
  if (steps !== true) return;
  const said = { at, text: text(amount ?? inPages) };
  const isPictured = pictures?.(sim.trace.steps.length) === true;
  sim.trace.steps.push(isPictured ? { ...said, zones: zonesNow(sim) } : said);
}

/** The zones as they are; where nothing has changed since the last step, the same picture. */
function zonesNow({ machine, trace }: Simulation): readonly ZonePicture[] {
  if (trace.pictured === null || trace.pictured.version !== machine.version)
    trace.pictured = { version: machine.version, zones: machine.zones.map(pictureOf) };
  return trace.pictured.zones;
}

function pictureOf({ node, name, ordinary, cma, highatomic, reclaimable, min, low, high, boost }: Zone): ZonePicture {
  return {
    node,
    zone: name,
    free: ordinary.blocks.map((blocks, order) => blocks + (cma.blocks[order] ?? 0) + (highatomic.blocks[order] ?? 0)),
    freePages: ordinary.pages + cma.pages + highatomic.pages,
    cma: cma.pages,
    highatomic: highatomic.pages,
    reclaimable,
    min: min + boost,
    low: low + boost,
    high: high + boost,
  };
}

/**
 * What one simulation does at most, in calls of the page allocator: as many as the pages of 1 GiB. The
 * cost is bounded whatever the size of the request and of the memory.
 */
const MOST_WORK = 262_144;

/** Counts what is about to be done. True: the simulation has done as much as it may, and stops without an answer. */
export function isSpent(sim: Simulation, work: number): boolean {
  const { trace } = sim;
  trace.work += work;
  // Tries that go round in one call count as well.
  if (trace.work + trace.attempts.length < MOST_WORK) return false;
  if (!trace.costly) step(sim, "__alloc_pages", () => `the simulation stops here, after ${trace.work} calls`);
  trace.costly = true;
  return true;
}
