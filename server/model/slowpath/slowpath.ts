import { ALLOC, allocFlags as allocFlagsOf, pfmemallocFlags } from "../masks/alloc-flags.ts";
import type { Context } from "../contexts.ts";
import { TASK } from "../contexts.ts";
import { EFFECT } from "../decisions/decision.ts";
import { DECISIONS } from "../decisions/decisions.ts";
import { FACT, factsOf } from "../decisions/facts.ts";
import { effectsAt, leaving, type Compiled } from "../decisions/table.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { Mask } from "../masks/mask.ts";
import { mask as maskOf } from "../masks/mask.ts";
import { withoutAtomic } from "../masks/properties.ts";
import type { CompactResult, CompactRetry } from "./compaction.ts";
import { COMPACT, COMPACT_PRIORITY, fruitless, shouldCompactRetry, tryToCompactPages } from "./compaction.ts";
import type { AllocContext } from "./freelist.ts";
import { getPageFromFreelist, preferredZone, unreserveHighatomic } from "./freelist.ts";
import { outOfMemory } from "./oom.ts";
import type { ReclaimRetry } from "./reclaim.ts";
import { isBalanced, isThrottled, shouldReclaimRetry, tryToFreePages } from "./reclaim.ts";
import type { AllocResult, PageBlock, Simulation } from "./simulation.ts";
import { step, warnAt } from "./simulation.ts";

/**
 * Rounds without any change of memory after which nothing can change any more: longer than compaction can be deferred.
 */
const IDLE_ROUNDS = 66;
/** The same in tries on the free lists, for rounds that are no rounds of the OOM path. */
const IDLE_ATTEMPTS = 2000;
/** A call that tries more often than this, with memory changing all the time, is taken for one without end. */
const MOST_ATTEMPTS = 16_384;

/**
 * The states of __alloc_pages_slowpath() (mm/page_alloc.c), in the order in which they are first reached. Each state's
 * function does what the kernel does there and names the next one.
 */
type State = Step | "fail" | "got" | "died" | "loop" | "throttled";
type Step =
  | "restart"
  | "first-try"
  | "first-compaction"
  | "retry"
  | "may-reclaim"
  | "direct-reclaim"
  | "direct-compaction"
  | "after-first-compaction"
  | "give-up-early"
  | "reclaim-retry"
  | "compact-retry"
  | "oom"
  | "nopage"
  | "nofail";

/** Who leaves a round, and where: the same in every round, as long as the facts are. */
interface Gates {
  readonly mayReclaim: Compiled | null;
  readonly reclaim: number;
  readonly givesUp: Compiled | null;
  readonly mayOom: Compiled | null;
  readonly goesBelow: boolean;
}

/** The variables of one slow path. */
interface Slow {
  readonly sim: Simulation;
  readonly mask: Mask;
  readonly order: number;
  readonly ac: AllocContext;
  /** What decisions look at, as of the beginning of this round. */
  facts: number;
  /** What the decisions of a round come to with them; null: not asked yet. */
  gates: Gates | null;
  allocFlags: number;
  progress: number;
  readonly reclaimRetry: ReclaimRetry;
  readonly compactRetry: CompactRetry;
  compactResult: CompactResult;
  /** Rounds: the first one compacts and does not reclaim. */
  compactFirst: boolean;
  /** Rounds: whoever is given reserves, or may leave its cpuset, comes round once more at once. */
  mayRetryReserves: boolean;
  page: PageBlock | null;
  /** For the detection of loops. */
  readonly idle: { version: number; rounds: number; attempts: number };
  readonly attemptsAtStart: number;
  looping: boolean;
}

/** __alloc_pages_slowpath(). `ac.nodes` null: the cpuset is a matter of ALLOC_CPUSET from here on. */
export function slowPath(sim: Simulation, mask: Mask, order: number, ac: AllocContext): AllocResult {
  const { context, kernel, table } = sim;
  sim.trace.counts.slowpath++;
  const facts = factsOf(table.facts, mask, order, context);
  warnAt(sim, table.at.entry, facts);
  step(sim, "__alloc_pages_slowpath", () => "the fast path found nothing");
  const slow: Slow = {
    sim,
    mask: withoutAtomic(kernel, mask),
    order,
    ac,
    facts,
    gates: null,
    allocFlags: 0,
    progress: 0,
    reclaimRetry: { noProgressLoops: 0 },
    compactRetry: { priority: COMPACT_PRIORITY.syncLight, retries: 0 },
    compactResult: COMPACT.skipped,
    compactFirst: false,
    mayRetryReserves: true,
    page: null,
    idle: { version: sim.machine.version, rounds: 0, attempts: sim.trace.attempts.length },
    attemptsAtStart: sim.trace.attempts.length,
    looping: false,
  };
  let state: State = "restart";
  for (;;) {
    switch (state) {
      case "fail":
        warnAlloc(slow);
        return null;
      case "got":
        return slow.page;
      case "died":
      case "loop":
        return state;
      case "throttled":
        sim.trace.throttled = true;
        return "loop";
      default:
        state = walk(slow, state);
    }
  }
}

/** Does what the kernel does in a state, and names the next one. */
function walk(slow: Slow, state: Step): State {
  switch (state) {
    case "restart":
      return restart(slow);
    case "first-try":
      return firstTry(slow);
    case "first-compaction":
      return firstCompaction(slow);
    case "retry":
      return retry(slow);
    case "may-reclaim":
      return mayReclaim(slow);
    case "direct-reclaim":
      return directReclaim(slow);
    case "direct-compaction":
      return directCompaction(slow);
    case "after-first-compaction":
      return afterFirstCompaction(slow);
    case "give-up-early":
      return giveUpEarly(slow);
    case "reclaim-retry":
      return reclaimRetry(slow);
    case "compact-retry":
      return compactRetry(slow);
    case "oom":
      return mayOom(slow);
    case "nopage":
      return nopage(slow);
    case "nofail":
      return nofail(slow);
  }
}

function gatesOf(slow: Slow): Gates {
  const { facts } = slow;
  const { at } = slow.sim.table;
  slow.gates ??= {
    mayReclaim: leaving(at["may-reclaim"], facts),
    reclaim: effectsAt(at["direct-reclaim"], facts),
    givesUp: leaving(at["give-up"], facts),
    mayOom: leaving(at["may-oom"], facts),
    goesBelow: (effectsAt(at.oom, facts) & EFFECT.reserveAll) !== 0,
  };
  return slow.gates;
}

/**
 * To the label nopage, with the reason of the decision that sends the request there in the trace; on to `next` without
 * one.
 */
function unlessLeaving(slow: Slow, left: Compiled | null, next: State): State {
  if (left === null) return next;
  step(slow.sim, "__alloc_pages_slowpath", () => left.decision.because);
  return "nopage";
}

/** Counters to their start, alloc flags with the reserves of the mask, preferred zone. */
function restart(slow: Slow): State {
  const { sim, mask, order, ac } = slow;
  const { bits, features } = sim.kernel;
  slow.compactRetry.priority = COMPACT_PRIORITY.syncLight;
  slow.compactRetry.retries = 0;
  slow.reclaimRetry.noProgressLoops = 0;
  slow.allocFlags = allocFlagsOf(sim.kernel, mask, order, contextNow(sim));
  if (preferredZone(ac) === undefined) return "nopage";
  const { cpusetNodes } = sim.machine;
  if (
    features.insaneCpusetCheck &&
    (mask & bits.HARDWALL) !== 0 &&
    cpusetNodes !== null &&
    !ac.zonelist.some((zone) => cpusetNodes.has(zone.node))
  ) {
    step(sim, "__alloc_pages_slowpath", () => "no node of the cpuset has a zone for this request");
    return "nopage";
  }
  return features.slowPath === "rounds" ? "first-compaction" : "first-try";
}

function firstTry(slow: Slow): State {
  wakeKswapds(slow);
  if (take(slow, slow.allocFlags)) return "got";
  return "first-compaction";
}

/**
 * Those that are better off with a block than with free pages compact before they reclaim, or in place of the first
 * reclaim.
 */
function firstCompaction(slow: Slow): State {
  const { at } = slow.sim.table;
  if ((effectsAt(at["compact-first"], slow.facts) & EFFECT.compact) !== 0) {
    slow.compactFirst = true;
    slow.compactRetry.priority = COMPACT_PRIORITY.async;
    return "retry";
  }
  const stage = at["first-compaction"];
  const effects = effectsAt(stage, slow.facts);
  if ((effects & EFFECT.compact) === 0) return "retry";
  if (compact(slow, COMPACT_PRIORITY.async)) return "got";
  if ((effects & EFFECT.asynchronous) !== 0) slow.compactRetry.priority = COMPACT_PRIORITY.async;
  return unlessLeaving(slow, leaving(stage, slow.facts, fruitless(slow.compactResult)), "retry");
}

/**
 * A round begins: the reserves of MEMALLOC, PF_MEMALLOC and OOM victims, and a try on the free lists; in rounds the try
 * comes first.
 */
function retry(slow: Slow): State {
  const { sim, mask } = slow;
  if (slow.looping && sim.trace.attempts.length >= (sim.options.loopAttempts ?? 0)) return "loop";
  if (!slow.looping && isIdle(slow)) {
    slow.looping = true;
    step(sim, "__alloc_pages_slowpath", () => "nothing has changed since the last round: it goes round for ever");
    return "retry";
  }
  // Only the OOM path changes what the task is.
  if (sim.task.oomVictim && (slow.facts & FACT.oomVictim) === 0) {
    slow.facts = factsOf(sim.table.facts, mask, slow.order, contextNow(sim));
    slow.gates = null;
  }
  wakeKswapds(slow);
  if (sim.kernel.features.slowPath === "prelude-and-loop") {
    openReserves(slow);
    return take(slow, slow.allocFlags) ? "got" : "may-reclaim";
  }
  if (take(slow, slow.allocFlags)) return "got";
  const opened = openReserves(slow);
  if (slow.mayRetryReserves && (opened || (slow.allocFlags & ALLOC.CPUSET) === 0)) {
    slow.mayRetryReserves = false;
    return "retry";
  }
  return "may-reclaim";
}

/**
 * __gfp_pfmemalloc_flags(): the reserves in the place of the alloc flags; false where the request is entitled to none.
 */
function openReserves(slow: Slow): boolean {
  const { sim, mask } = slow;
  const { features } = sim.kernel;
  const reserve = pfmemallocFlags(sim.kernel, mask, contextNow(sim));
  if (reserve === 0) return false;
  const kept = features.reserveScheme === "min-reserve" ? ALLOC.CMA | features.allocKswapd : ALLOC.CMA;
  // What the mask says of CMA is looked at again, whatever the flags were.
  slow.allocFlags = reserve | (slow.allocFlags & kept);
  step(sim, "__gfp_pfmemalloc_flags", () =>
    reserve === ALLOC.NO_WATERMARKS ? DECISIONS.allReserves.because : DECISIONS.victimsShare.because,
  );
  return true;
}

function mayReclaim(slow: Slow): State {
  const next = slow.compactFirst ? "direct-compaction" : "direct-reclaim";
  return unlessLeaving(slow, gatesOf(slow).mayReclaim, next);
}

/** __alloc_pages_direct_reclaim(): after progress one try, and another after all per-cpu lists have been drained. */
function directReclaim(slow: Slow): State {
  const { sim, mask, order, ac } = slow;
  sim.trace.counts.directReclaim++;
  const { reclaim } = gatesOf(slow);
  if (sim.kernel.features.condReschedSchedules && (reclaim & EFFECT.die) !== 0) {
    step(sim, "try_to_free_pages", () => DECISIONS.reclaimInInterrupt.because);
    return "died";
  }
  if (isThrottled(sim, ac, slow.facts)) {
    sim.trace.throttledAt ??= sim.trace.attempts.length;
    const forEver = (reclaim & EFFECT.throttle) !== 0;
    const { throttles, throttlesForASecond } = DECISIONS;
    step(sim, "throttle_direct_reclaim", () => (forEver ? throttles : throttlesForASecond).because);
    if (forEver) return "throttled";
  }
  slow.progress = tryToFreePages(sim, mask, order, ac);
  if (slow.progress > 0) {
    if (take(slow, slow.allocFlags)) return "got";
    unreserveHighatomic(sim, ac, false);
    sim.trace.counts.drainAllPages++;
    step(sim, "drain_all_pages", () => "the pages on the per-cpu lists of all CPUs go back");
    if (take(slow, slow.allocFlags)) return "got";
  }
  return "direct-compaction";
}

function directCompaction(slow: Slow): State {
  if (compact(slow, slow.compactRetry.priority)) return "got";
  return slow.compactFirst ? "after-first-compaction" : "give-up-early";
}

/** Rounds: some give up after the first compaction; the others come round once more, and reclaim. */
function afterFirstCompaction(slow: Slow): State {
  const stage = slow.sim.table.at["compact-first"];
  const left = leaving(stage, slow.facts, fruitless(slow.compactResult));
  if (left !== null) return unlessLeaving(slow, left, "retry");
  slow.compactFirst = false;
  if ((effectsAt(stage, slow.facts) & EFFECT.asynchronous) === 0)
    slow.compactRetry.priority = COMPACT_PRIORITY.syncLight;
  return "retry";
}

function giveUpEarly(slow: Slow): State {
  return unlessLeaving(slow, gatesOf(slow).givesUp, "reclaim-retry");
}

function reclaimRetry(slow: Slow): State {
  const { sim, mask, order, ac, allocFlags } = slow;
  if (shouldReclaimRetry(sim, mask, order, allocFlags, ac, slow.progress > 0, slow.reclaimRetry)) return "retry";
  if (unreserveHighatomic(sim, ac, true)) return "retry";
  return "compact-retry";
}

function compactRetry(slow: Slow): State {
  const { sim, mask, order, ac, allocFlags } = slow;
  if (
    slow.progress > 0 &&
    (slow.facts & FACT.canCompact) !== 0 &&
    shouldCompactRetry(sim, mask, order, allocFlags, ac, slow.compactResult, slow.compactRetry)
  )
    return "retry";
  return "oom";
}

/** __alloc_pages_may_oom(), and what its caller does with the answer. */
function mayOom(slow: Slow): State {
  const { sim, mask, order, ac, facts } = slow;
  const { at } = sim.table;
  sim.trace.counts.mayOom++;
  slow.progress = 0;
  const lastTry = maskOf((mask | sim.kernel.bits.HARDWALL) & ~sim.kernel.bits.DIRECT_RECLAIM);
  slow.page = getPageFromFreelist(sim, lastTry, order, ALLOC.WMARK_HIGH | ALLOC.CPUSET, ac);
  if (slow.page !== null) return "got";
  const gate = gatesOf(slow).mayOom;
  if (gate !== null) {
    step(sim, "__alloc_pages_may_oom", () => `the OOM killer is not called: ${gate.decision.because}`);
  } else {
    if (outOfMemory(sim, facts, order, ac) === "panic") return "died";
    slow.progress = 1;
    if (gatesOf(slow).goesBelow && cpusetFallback(slow, ALLOC.NO_WATERMARKS)) return "got";
  }
  if (leaving(at["after-oom"], victimFacts(slow)) !== null) return "nopage";
  if (slow.progress === 0) return "nopage";
  slow.reclaimRetry.noProgressLoops = 0;
  countRound(slow);
  return "retry";
}

/**
 * The facts of this round, with the task a victim if the OOM path has made it one; that it is dying says no more then.
 */
function victimFacts({ sim, facts }: Slow): number {
  const known = facts & ~(FACT.dying | FACT.oomVictim);
  return sim.task.oomVictim ? known | FACT.oomVictim : known;
}

function nopage(slow: Slow): State {
  const { at } = slow.sim.table;
  warnAt(slow.sim, at.nopage, slow.facts);
  return leaving(at.nopage, slow.facts) === null ? "fail" : "nofail";
}

/** A NOFAIL request never ends without a page: a try with a part of the reserves, and round again. */
function nofail(slow: Slow): State {
  const { features } = slow.sim.kernel;
  const reserve = features.nofailLastResort === "min-reserve" ? ALLOC.MIN_RESERVE : ALLOC.NON_BLOCK;
  step(slow.sim, "__alloc_pages_slowpath", () => "__GFP_NOFAIL: a try with a part of the reserves, and round again");
  if (cpusetFallback(slow, reserve)) return "got";
  countRound(slow);
  return "retry";
}

/** __alloc_pages_cpuset_fallback(): first inside of the cpuset, then anywhere. */
function cpusetFallback(slow: Slow, flags: number): boolean {
  slow.sim.trace.counts.cpusetFallback++;
  return take(slow, flags | ALLOC.CPUSET) || take(slow, flags);
}

/** get_page_from_freelist() with these flags. */
function take(slow: Slow, flags: number): boolean {
  slow.page = getPageFromFreelist(slow.sim, slow.mask, slow.order, flags, slow.ac);
  return slow.page !== null;
}

/** __alloc_pages_direct_compact(): nothing for order 0; a try on the free lists where the version makes one. */
function compact(slow: Slow, priority: number): boolean {
  const { sim, mask, order, ac } = slow;
  sim.trace.counts.directCompact++;
  if (order === 0) return false;
  if (!sim.kernel.options.COMPACTION) {
    slow.compactResult = COMPACT.skipped;
    return false;
  }
  slow.compactResult = tryToCompactPages(sim, mask, slow.facts, order, slow.allocFlags, ac, priority);
  return triesFreeLists(sim.kernel, slow.compactResult) && take(slow, slow.allocFlags);
}

function triesFreeLists({ features }: Kernel, result: CompactResult): boolean {
  switch (features.compactionTriesFreeLists) {
    case "always":
      return true;
    case "unless-skipped":
      return result !== COMPACT.skipped;
    case "unless-skipped-or-deferred":
      return result !== COMPACT.skipped && result !== COMPACT.deferred;
  }
}

/** wake_all_kswapds(): one for each node of the zonelist. */
function wakeKswapds(slow: Slow): void {
  const { sim, mask, order, ac } = slow;
  if ((mask & sim.kernel.bits.KSWAPD_RECLAIM) === 0) return;
  // Elsewhere nobody asks whether it is awake.
  const follows = sim.kernel.features.nodesWithKswapdAwakeComeLast || sim.machine.kswapdPagesPerRound.size > 0;
  let last: number | null = null;
  for (const zone of ac.zonelist) {
    if (zone.node === last || zone.managed === 0) continue;
    last = zone.node;
    sim.trace.counts.wakeKswapd++;
    if (follows) wakeKswapd(sim, zone.node, order, ac.highestZone);
  }
  step(sim, "wake_all_kswapds", () => "kswapd is woken on the nodes of the zonelist");
}

/** wakeup_kswapd() for one node: it sleeps on where the node is balanced. */
function wakeKswapd(sim: Simulation, node: number, order: number, highestZone: number): void {
  const { machine } = sim;
  if (machine.kswapdAwake.includes(node) || isBalanced(sim, node, order, highestZone)) return;
  machine.kswapdAwake = [...machine.kswapdAwake, node];
}

/** warn_alloc(): the report, unless it is silenced, or there is no DMA zone to report on. Rate limiting is left out. */
function warnAlloc(slow: Slow): void {
  const { sim, facts } = slow;
  sim.trace.counts.warnAlloc++;
  if ((effectsAt(sim.table.at.fail, facts) & EFFECT.warn) === 0) return;
  const silentDma =
    sim.kernel.features.dmaFailureSilentWithoutManagedDma &&
    (facts & FACT.dma) !== 0 &&
    !sim.machine.zones.some((zone) => zone.name === "DMA" && zone.managed > 0);
  if (silentDma) return;
  sim.trace.counts.failureReports++;
  step(sim, "warn_alloc", () => `${DECISIONS.failureReport.because}: the report is printed`);
}

function contextNow(sim: Simulation): Context {
  return sim.task.oomVictim ? { ...sim.context, task: sim.context.task | TASK.oom_victim } : sim.context;
}

/** A round of the OOM path or of NOFAIL is over. */
function countRound(slow: Slow): void {
  slow.idle.rounds++;
}

/** Whether the state of memory has been the same for so long that the rounds to come are those that have been. */
function isIdle(slow: Slow): boolean {
  const { sim, idle, order } = slow;
  if (sim.trace.attempts.length - slow.attemptsAtStart > MOST_ATTEMPTS) return true;
  if (sim.machine.version !== idle.version) {
    idle.version = sim.machine.version;
    idle.rounds = 0;
    idle.attempts = sim.trace.attempts.length;
    return false;
  }
  const compactionMayComeBack =
    order > 0 && (slow.facts & FACT.canCompact) !== 0 && slow.ac.zonelist.some((zone) => zone.movable > 0);
  const rounds = compactionMayComeBack ? IDLE_ROUNDS : 2;
  return idle.rounds >= rounds || sim.trace.attempts.length - idle.attempts > IDLE_ATTEMPTS;
}
