import { ALLOC, allocFlags as allocFlagsOf, pfmemallocFlags } from "../masks/alloc-flags.ts";
import type { Context } from "../contexts.ts";
import { hasPfMemalloc, TASK } from "../contexts.ts";
import type { Mask } from "../masks/mask.ts";
import { mask as maskOf } from "../masks/mask.ts";
import { canCompact, MIGRATE } from "../masks/properties.ts";
import { COSTLY_ORDER, pageblockOrder } from "../limits.ts";
import type { CompactResult, CompactRetry } from "./compaction.ts";
import { COMPACT, COMPACT_PRIORITY, shouldCompactRetry, tryToCompactPages } from "./compaction.ts";
import type { AllocContext } from "./freelist.ts";
import { getPageFromFreelist, preferredZone, unreserveHighatomic } from "./freelist.ts";
import { outOfMemory } from "./oom.ts";
import type { ReclaimRetry } from "./reclaim.ts";
import { shouldReclaimRetry, tryToFreePages } from "./reclaim.ts";
import type { AllocResult, PageBlock, Simulation } from "./simulation.ts";
import { step, warnOnce } from "./simulation.ts";
import { inHardirq } from "./task.ts";

/** Rounds without any change of memory after which nothing can change any more: longer than compaction can be deferred. */
const IDLE_ROUNDS = 66;
/** The same in tries on the free lists, for rounds that are no rounds of the OOM path. */
const IDLE_ATTEMPTS = 2000;
/** A call that tries more often than this, with memory changing all the time, is taken for one without end. */
const MOST_ATTEMPTS = 16_384;

/**
 * The states of __alloc_pages_slowpath() (mm/page_alloc.c), in the order in which they are first reached. Each state's
 * function does what the kernel does there and names the next one.
 */
type State =
  | "entry"
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
  | "nofail"
  | "fail"
  | "got"
  | "died"
  | "loop";

/** The variables of one slow path. */
interface Slow {
  readonly sim: Simulation;
  readonly mask: Mask;
  readonly order: number;
  readonly ac: AllocContext;
  readonly canReclaim: boolean;
  readonly canCompact: boolean;
  readonly nofail: boolean;
  readonly costly: boolean;
  allocFlags: number;
  progress: number;
  readonly reclaimRetry: ReclaimRetry;
  readonly compactRetry: CompactRetry;
  compactResult: CompactResult;
  /** 7.0+: the first round compacts and does not reclaim. */
  compactFirst: boolean;
  page: PageBlock | null;
  /** For the detection of loops. */
  readonly idle: { version: number; rounds: number; attempts: number };
  readonly attemptsAtStart: number;
  looping: boolean;
}

/** __alloc_pages_slowpath(). `ac.nodes` null: the cpuset is a matter of ALLOC_CPUSET from here on. */
export function slowPath(sim: Simulation, mask: Mask, order: number, ac: AllocContext): AllocResult {
  const { bits } = sim.kernel;
  sim.trace.counts.slowpath++;
  const slow: Slow = {
    sim,
    mask: withoutAtomic(sim, mask),
    order,
    ac,
    canReclaim: (mask & bits.DIRECT_RECLAIM) !== 0,
    canCompact: canCompact(sim.kernel, mask),
    nofail: (mask & bits.NOFAIL) !== 0,
    costly: order > COSTLY_ORDER,
    allocFlags: 0,
    progress: 0,
    reclaimRetry: { noProgressLoops: 0 },
    compactRetry: { priority: COMPACT_PRIORITY.syncLight, retries: 0 },
    compactResult: COMPACT.skipped,
    compactFirst: false,
    page: null,
    idle: { version: sim.machine.version, rounds: 0, attempts: sim.trace.attempts.length },
    attemptsAtStart: sim.trace.attempts.length,
    looping: false,
  };
  let state: State = "entry";
  for (;;) {
    switch (state) {
      case "entry":
        state = entry(slow);
        break;
      case "restart":
        state = restart(slow);
        break;
      case "first-try":
        state = firstTry(slow);
        break;
      case "first-compaction":
        state = firstCompaction(slow);
        break;
      case "retry":
        state = retry(slow);
        break;
      case "may-reclaim":
        state = mayReclaim(slow);
        break;
      case "direct-reclaim":
        state = directReclaim(slow);
        break;
      case "direct-compaction":
        state = directCompaction(slow);
        break;
      case "after-first-compaction":
        state = afterFirstCompaction(slow);
        break;
      case "give-up-early":
        state = giveUpEarly(slow);
        break;
      case "reclaim-retry":
        state = reclaimRetry(slow);
        break;
      case "compact-retry":
        state = compactRetry(slow);
        break;
      case "oom":
        state = mayOom(slow);
        break;
      case "nopage":
        state = nopage(slow);
        break;
      case "nofail":
        state = nofail(slow);
        break;
      case "fail":
        warnAlloc(slow);
        return null;
      case "got":
        return slow.page;
      case "died":
        return "died";
      case "loop":
        return "loop";
    }
  }
}

/** To 6.2, __GFP_ATOMIC together with __GFP_DIRECT_RECLAIM is a mistake: it warns and drops ATOMIC. */
function withoutAtomic(sim: Simulation, mask: Mask): Mask {
  const { bits, features } = sim.kernel;
  const both = bits.ATOMIC | bits.DIRECT_RECLAIM;
  if (!features.warnsAtomicWithDirectReclaim || bits.ATOMIC === 0 || (mask & both) !== both) return mask;
  warnOnce(sim, "slowpath entry: atomic with direct reclaim");
  return maskOf(mask & ~bits.ATOMIC);
}

/** 6.12+: the misuse of NOFAIL warns here, whatever comes of the request. */
function entry(slow: Slow): State {
  const { sim, order, canReclaim } = slow;
  const { features } = sim.kernel;
  step(sim, "__alloc_pages_slowpath", () => "the fast path found nothing");
  if (slow.nofail) {
    if (features.nofailHighOrderWarns === "on-slowpath-entry" && order > 1)
      warnOnce(sim, "slowpath entry: nofail above order 1");
    if (features.nofailWarns === "on-slowpath-entry") {
      if (!canReclaim) warnOnce(sim, "slowpath entry: nofail without direct reclaim");
      if (hasPfMemalloc(sim.context)) warnOnce(sim, "slowpath entry: nofail under PF_MEMALLOC");
    }
  }
  return "restart";
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
  return "first-try";
}

function firstTry(slow: Slow): State {
  wakeKswapds(slow);
  if (take(slow, slow.allocFlags)) return "got";
  return "first-compaction";
}

/** Costly and unmovable high orders compact before they reclaim (to 6.19), or in place of the first reclaim (7.0+). */
function firstCompaction(slow: Slow): State {
  const { sim, mask, order, ac } = slow;
  const { bits, features } = sim.kernel;
  const wanted =
    slow.canReclaim &&
    slow.canCompact &&
    (slow.costly || (order > 0 && ac.migratetype !== MIGRATE.MOVABLE)) &&
    pfmemallocFlags(sim.kernel, mask, contextNow(sim)) === 0;
  if (!wanted) return "retry";
  if (features.firstCompaction === "in-loop") {
    slow.compactFirst = true;
    slow.compactRetry.priority = COMPACT_PRIORITY.async;
    return "retry";
  }
  if (compact(slow, COMPACT_PRIORITY.async)) return "got";
  const fruitless = slow.compactResult === COMPACT.skipped || slow.compactResult === COMPACT.deferred;
  if (
    features.hugeOrderGivesUpAfterFirstCompaction &&
    order >= pageblockOrder(sim.kernel) &&
    (mask & bits.IO) !== 0 &&
    (mask & bits.RETRY_MAYFAIL) === 0 &&
    fruitless
  )
    return "nopage";
  if (!slow.costly || (mask & bits.NORETRY) === 0) return "retry";
  const givesUp = features.costlyNoretryGivesUpOn === "deferred" ? slow.compactResult === COMPACT.deferred : fruitless;
  if (givesUp || (features.costlyNoretryThisNodeGivesUp && (mask & bits.THISNODE) !== 0)) {
    step(sim, "__alloc_pages_slowpath", () => "__GFP_NORETRY and a costly order: gives up without reclaim");
    return "nopage";
  }
  slow.compactRetry.priority = COMPACT_PRIORITY.async;
  return "retry";
}

/** The reserves of MEMALLOC, PF_MEMALLOC and OOM victims, and the next try on the free lists. */
function retry(slow: Slow): State {
  const { sim, mask } = slow;
  if (slow.looping && sim.trace.attempts.length >= (sim.options.loopAttempts ?? 0)) return "loop";
  if (!slow.looping && isIdle(slow)) {
    slow.looping = true;
    step(sim, "__alloc_pages_slowpath", () => "nothing has changed since the last round: it goes round for ever");
    return "retry";
  }
  wakeKswapds(slow);
  const reserve = pfmemallocFlags(sim.kernel, mask, contextNow(sim));
  if (reserve !== 0) {
    const kept =
      sim.kernel.features.reserveScheme === "min-reserve" ? ALLOC.CMA | sim.kernel.features.allocKswapd : ALLOC.CMA;
    slow.allocFlags = reserve | (slow.allocFlags & kept);
    step(sim, "__gfp_pfmemalloc_flags", () =>
      reserve === ALLOC.NO_WATERMARKS ? "all reserves are open" : "an OOM victim may go down to half the min watermark",
    );
  }
  if (take(slow, slow.allocFlags)) return "got";
  return "may-reclaim";
}

function mayReclaim(slow: Slow): State {
  const { sim, mask } = slow;
  const { bits, features } = sim.kernel;
  if (!slow.canReclaim) return "nopage";
  if (hasPfMemalloc(sim.context)) {
    step(sim, "__alloc_pages_slowpath", () => "PF_MEMALLOC: no recursion into reclaim");
    return "nopage";
  }
  if (
    features.costlyNoretrySkipsReclaim &&
    slow.costly &&
    (mask & bits.NORETRY) !== 0 &&
    (mask & (bits.THISNODE | bits.NOFAIL)) === 0
  )
    return "nopage";
  return slow.compactFirst ? "direct-compaction" : "direct-reclaim";
}

/** __alloc_pages_direct_reclaim(): after progress one try, and another after all per-cpu lists have been drained. */
function directReclaim(slow: Slow): State {
  const { sim, mask, order, ac } = slow;
  sim.trace.counts.directReclaim++;
  if (inHardirq(sim.context)) {
    step(sim, "try_to_free_pages", () => "reclaim sleeps, and this is a hard interrupt: the kernel dies");
    return "died";
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

/** 7.0+: a request that may not reclaim elsewhere ends after the first compaction; the others come round once more. */
function afterFirstCompaction(slow: Slow): State {
  const { sim, mask } = slow;
  const { bits } = sim.kernel;
  const both = bits.NORETRY | bits.THISNODE;
  if ((mask & both) === both) return "nopage";
  const fruitless = slow.compactResult === COMPACT.skipped || slow.compactResult === COMPACT.deferred;
  if (slow.costly && (mask & bits.NORETRY) !== 0 && fruitless) return "nopage";
  slow.compactFirst = false;
  // A costly NORETRY request stays asynchronous.
  if (!slow.costly || (mask & bits.NORETRY) === 0) slow.compactRetry.priority = COMPACT_PRIORITY.syncLight;
  return "retry";
}

function giveUpEarly(slow: Slow): State {
  const { sim, mask } = slow;
  const { bits } = sim.kernel;
  if ((mask & bits.NORETRY) !== 0) {
    step(sim, "__alloc_pages_slowpath", () => "__GFP_NORETRY: one round is all");
    return "nopage";
  }
  if (slow.costly && ((mask & bits.RETRY_MAYFAIL) === 0 || !slow.canCompact)) {
    step(sim, "__alloc_pages_slowpath", () => "an order above 3 is not worth more rounds");
    return "nopage";
  }
  return "reclaim-retry";
}

function reclaimRetry(slow: Slow): State {
  const { sim, mask, order, ac, allocFlags } = slow;
  if (shouldReclaimRetry(sim, mask, order, allocFlags, ac, slow.progress > 0, slow.reclaimRetry)) return "retry";
  if (unreserveHighatomic(sim, ac, true)) return "retry";
  return "compact-retry";
}

function compactRetry(slow: Slow): State {
  const { sim, order, ac, allocFlags } = slow;
  if (
    slow.progress > 0 &&
    slow.canCompact &&
    shouldCompactRetry(sim, order, allocFlags, ac, slow.compactResult, slow.compactRetry)
  )
    return "retry";
  return "oom";
}

/** __alloc_pages_may_oom(), and what its caller does with the answer. */
function mayOom(slow: Slow): State {
  const { sim, mask, order, ac } = slow;
  const { bits, zones } = sim.kernel;
  sim.trace.counts.mayOom++;
  slow.progress = 0;
  const lastTry = maskOf((mask | bits.HARDWALL) & ~bits.DIRECT_RECLAIM);
  slow.page = getPageFromFreelist(sim, lastTry, order, ALLOC.WMARK_HIGH | ALLOC.CPUSET, ac);
  if (slow.page !== null) return "got";
  const refusal = oomRefusal(slow, zones.indexOf("Normal"));
  if (refusal !== null) {
    step(sim, "__alloc_pages_may_oom", () => `the OOM killer is not called: ${refusal}`);
  } else {
    if (outOfMemory(sim, mask, order, ac) === "panic") return "died";
    slow.progress = 1;
    if (slow.nofail && cpusetFallback(slow, ALLOC.NO_WATERMARKS)) return "got";
  }
  if (sim.task.oomVictim && ((slow.allocFlags & ALLOC.OOM) !== 0 || (mask & bits.NOMEMALLOC) !== 0)) return "nopage";
  if (slow.progress === 0) return "nopage";
  slow.reclaimRetry.noProgressLoops = 0;
  countRound(slow);
  return "retry";
}

function oomRefusal(slow: Slow, normalZone: number): string | null {
  const { bits } = slow.sim.kernel;
  if (slow.costly) return "the order is above 3";
  if ((slow.mask & bits.RETRY_MAYFAIL) !== 0) return "__GFP_RETRY_MAYFAIL";
  if ((slow.mask & bits.THISNODE) !== 0) return "__GFP_THISNODE";
  if (slow.ac.highestZone < normalZone) return "the zone is below Normal";
  return null;
}

function nopage(slow: Slow): State {
  const { sim, mask } = slow;
  const { bits, features } = sim.kernel;
  if (!slow.nofail) return "fail";
  const warns =
    features.nofailWarns === "when-failing" ||
    (features.nofailWarns === "when-failing-unless-nowarn" && (mask & bits.NOWARN) === 0);
  if (!slow.canReclaim) {
    if (warns) warnOnce(sim, "nopage: nofail without direct reclaim");
    return "fail";
  }
  if (warns && hasPfMemalloc(sim.context)) warnOnce(sim, "nopage: nofail under PF_MEMALLOC");
  if (warns && features.nofailCostlyWarnsWhenFailing && slow.costly) warnOnce(sim, "nopage: nofail costly order");
  return "nofail";
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

/** __alloc_pages_direct_compact(): nothing for order 0; a try unless compaction was skipped. */
function compact(slow: Slow, priority: number): boolean {
  const { sim, mask, order, ac } = slow;
  sim.trace.counts.directCompact++;
  if (order === 0) return false;
  if (!sim.kernel.options.COMPACTION) {
    slow.compactResult = COMPACT.skipped;
    return false;
  }
  slow.compactResult = tryToCompactPages(sim, mask, order, slow.allocFlags, ac, priority);
  return slow.compactResult !== COMPACT.skipped && take(slow, slow.allocFlags);
}

/** wake_all_kswapds(): one for each node of the zonelist. */
function wakeKswapds(slow: Slow): void {
  const { sim, mask, ac } = slow;
  if ((mask & sim.kernel.bits.KSWAPD_RECLAIM) === 0) return;
  let last: number | null = null;
  for (const zone of ac.zonelist) {
    if (zone.node === last || zone.managed === 0) continue;
    last = zone.node;
    sim.trace.counts.wakeKswapd++;
  }
  step(sim, "wake_all_kswapds", () => "kswapd is woken on the nodes of the zonelist");
}

/** warn_alloc(): the report, unless it is silenced. Rate limiting is left out. */
function warnAlloc(slow: Slow): void {
  const { sim, mask } = slow;
  const { bits, features } = sim.kernel;
  sim.trace.counts.warnAlloc++;
  if ((mask & bits.NOWARN) !== 0) return;
  const silentDma =
    features.dmaFailureSilentWithoutManagedDma &&
    (mask & bits.DMA) !== 0 &&
    !sim.machine.zones.some((zone) => zone.name === "DMA" && zone.managed > 0);
  if (silentDma) return;
  sim.trace.counts.failureReports++;
  step(sim, "warn_alloc", () => "page allocation failure: the report is printed");
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
  const compactionMayComeBack = order > 0 && slow.canCompact && slow.ac.zonelist.some((zone) => zone.movable > 0);
  const rounds = compactionMayComeBack ? IDLE_ROUNDS : 2;
  return idle.rounds >= rounds || sim.trace.attempts.length - idle.attempts > IDLE_ATTEMPTS;
}
