import type { Plan } from "./apis/_plan.ts";
import { COSTLY_ORDER } from "./limits.ts";
import { apiNamed } from "./apis.ts";
import { forbidsEvenNonBlocking, hasPfMemalloc, inInterrupt, isAtomic, TASK, type Context } from "./contexts.ts";
import type { Kernel } from "./kernels/kernel.ts";
import { ALLOC, allocFlags, NOLOCK_FLAGS, pfmemallocFlags, prepare } from "./masks/alloc-flags.ts";
import { mask, type Mask } from "./masks/mask.ts";
import { applyScopes, gfpCompactionAllowed, MIGRATE, migratetype, zonelist } from "./masks/properties.ts";
import { gfpZoneIndex, gfpZoneValid, isLowZone } from "./masks/zone.ts";
import type { AllocationRequest, Certainty, Verdict } from "./request.ts";

/**
 * What one call of the page allocator can come to, as bits: what the static rules of the slow path
 * (mm/page_alloc.c:__alloc_pages_slowpath, __alloc_pages_may_oom) leave possible in some state of memory.
 */
export const CAN = {
  sleep: 1,
  reclaim: 2,
  kswapd: 4,
  compact: 8,
  kill: 16,
  loop: 32,
  fail: 64,
  warn: 128,
  /** Warns in every state of memory in which it gets a page. */
  warnAlways: 256,
  reserveHigh: 512,
  reserveAtomic: 1024,
  reserveAll: 2048,
} as const;

/** One try of the page allocator with its slow path, the mask after scopes. `order` is at most the largest one. */
export function pagesCan(kernel: Kernel, value: Mask, order: number, context: Context): number {
  const { bits, features } = kernel;
  const nofail = (value & bits.NOFAIL) !== 0;
  const nowarn = (value & bits.NOWARN) !== 0;
  let can = (value & bits.KSWAPD_RECLAIM) !== 0 ? CAN.kswapd : 0;
  can |= reserves(kernel, value, order, context);

  if (nofail && order > 1) {
    if (features.nofailHighOrderWarns === "rmqueue") {
      // Served from the per-cpu lists, the request does not pass the check.
      can |= order > COSTLY_ORDER || !features.pcpServesCostlyOrders ? CAN.warnAlways : CAN.warn;
    } else if (features.nofailHighOrderWarns === "on-slowpath-entry") {
      can |= CAN.warn;
    }
  }
  const misuseSilenced = nowarn && features.nofailWarns === "when-failing-unless-nowarn";

  if ((value & bits.DIRECT_RECLAIM) === 0) {
    can |= CAN.fail;
    if (nofail && !misuseSilenced) can |= CAN.warn;
    return can | report(kernel, value);
  }

  can |= CAN.sleep;
  if (features.warnsAtomicWithDirectReclaim && (value & bits.ATOMIC) !== 0) can |= CAN.warn;
  const noretry = (value & bits.NORETRY) !== 0;
  const thisNode = (value & bits.THISNODE) !== 0;
  const costly = order > COSTLY_ORDER;

  const compacts = order > 0 && gfpCompactionAllowed(kernel, value);
  if (hasPfMemalloc(context)) {
    // The first compaction comes before the look at PF_MEMALLOC, for those that PF_MEMALLOC does not let into the reserves.
    const early =
      features.firstCompaction === "before-loop" && (costly || migratetype(kernel, value) !== MIGRATE.MOVABLE);
    if (compacts && early && pfmemallocFlags(kernel, value, context) === 0) can |= CAN.compact;
    if (nofail) return can | CAN.loop | CAN.reserveHigh | (misuseSilenced ? 0 : CAN.warn);
    return can | CAN.fail | report(kernel, value);
  }

  const skips = features.costlyNoretrySkipsReclaim && costly && noretry && !thisNode && !nofail;
  if (compacts && !skips) can |= CAN.compact;
  if (!skips && !(noretry && thisNode && !nofail && compacts && givesUpAfterCompaction(kernel, value, costly, context)))
    can |= CAN.reclaim;

  const gentle = noretry || (value & bits.RETRY_MAYFAIL) !== 0 || thisNode;
  const reachesOom = !gentle && !costly && !isLowZone(kernel, value);
  if (reachesOom && (value & bits.FS) !== 0) can |= CAN.kill;

  if (nofail) {
    can |= CAN.loop | CAN.reserveHigh;
    if (reachesOom) {
      can |= CAN.reserveAll;
      // out_of_memory() answers no while the killer is switched off (suspend).
      if ((value & bits.FS) !== 0 && !(nowarn && features.sitesUseWarnOnOnceGfp)) can |= CAN.warn;
    }
    if (costly && features.nofailCostlyWarnsWhenFailing && !(nowarn && features.sitesUseWarnOnOnceGfp)) can |= CAN.warn;
    if (features.reportsStalls && !nowarn) can |= CAN.warn;
    return can;
  }
  // Without __GFP_FS, or for a dying task, nobody is killed and progress is reported all the same.
  const dying = (context.task & (TASK.oom_victim | TASK.sigkill_pending)) !== 0;
  if (reachesOom && ((value & bits.FS) === 0 || dying) && !(dying && victimLeaves(kernel, value, context)))
    can |= CAN.loop;
  if (reclaimsForCompaction(kernel, value, order)) can |= CAN.loop;
  return can | CAN.fail | report(kernel, value);
}

/** A victim of the OOM killer leaves without a page once it has had its share of the reserves, or wants none. */
function victimLeaves(kernel: Kernel, value: Mask, context: Context): boolean {
  if ((value & kernel.bits.NOMEMALLOC) !== 0) return true;
  return (value & kernel.bits.MEMALLOC) === 0 && !inInterrupt(context);
}

/**
 * Without __GFP_IO compaction is always skipped, and to 6.7 that counted as "reclaim for it first": every round that
 * reclaims a page is followed by another, also for the orders above 3 that RETRY_MAYFAIL keeps trying
 * (mm/page_alloc.c:should_compact_retry).
 */
function reclaimsForCompaction(kernel: Kernel, value: Mask, order: number): boolean {
  const { bits, features, options } = kernel;
  if (features.compactionNeedsIo || !options.COMPACTION || order === 0 || (value & (bits.IO | bits.NORETRY)) !== 0)
    return false;
  return order <= COSTLY_ORDER || (value & bits.RETRY_MAYFAIL) !== 0;
}

/** A NORETRY | THISNODE request leaves after the first compaction (mm/page_alloc.c:__alloc_pages_slowpath). */
function givesUpAfterCompaction(kernel: Kernel, value: Mask, costly: boolean, context: Context): boolean {
  // Who is let into the reserves does not compact first.
  if (pfmemallocFlags(kernel, value, context) !== 0) return false;
  if (kernel.features.firstCompaction === "in-loop") return costly || migratetype(kernel, value) !== MIGRATE.MOVABLE;
  return costly && kernel.features.costlyNoretryThisNodeGivesUp;
}

/** The failure report (mm/page_alloc.c:warn_alloc). */
function report(kernel: Kernel, value: Mask): number {
  if ((value & kernel.bits.NOWARN) !== 0) return 0;
  const noDmaMemory =
    kernel.features.dmaFailureSilentWithoutManagedDma && !kernel.options.ZONE_DMA && (value & kernel.bits.DMA) !== 0;
  return noDmaMemory ? 0 : CAN.warn;
}

/** How far below the min watermark the request may go (mm/page_alloc.c:gfp_to_alloc_flags, __zone_watermark_ok). */
function reserves(kernel: Kernel, value: Mask, order: number, context: Context): number {
  const entitled = pfmemallocFlags(kernel, value, context);
  if ((entitled & ALLOC.NO_WATERMARKS) !== 0) return CAN.reserveAll;
  const flags = allocFlags(kernel, value, order, context);
  const half = (flags & ALLOC.MIN_RESERVE) !== 0;
  const more = (flags & ALLOC.NON_BLOCK) !== 0;
  if (half && more) return CAN.reserveAtomic;
  // To 6.2 ALLOC_HARDER alone gave a quarter; since 6.3 NON_BLOCK alone gives nothing.
  if (half || entitled !== 0 || (more && kernel.features.reserveScheme === "harder")) return CAN.reserveHigh;
  return 0;
}

/** The charge to the memory cgroup (mm/memcontrol.c:try_charge_memcg): reclaim, its OOM killer, failure. */
export function chargeCan(kernel: Kernel, value: Mask, order: number, context: Context): number {
  const { bits } = kernel;
  if (hasPfMemalloc(context) && !inInterrupt(context)) return 0;
  const { memcgOvershootFor } = kernel.features;
  const overshoots =
    (value & (memcgOvershootFor === "high" ? bits.HIGH : memcgOvershootFor === "atomic" ? bits.ATOMIC : 0)) !== 0;
  const fails = overshoots || (value & bits.NOFAIL) !== 0 ? 0 : CAN.fail;
  if ((value & bits.DIRECT_RECLAIM) === 0) return fails;
  const kills = order <= COSTLY_ORDER && (value & (bits.NORETRY | bits.RETRY_MAYFAIL)) === 0;
  return CAN.sleep | CAN.reclaim | fails | (kills ? CAN.kill : 0);
}

function certainty(can: number): Certainty {
  return can === 0 ? "never" : "may";
}

/** The mask that the slow path works with: after the scopes, and without ATOMIC where the kernel drops it. */
function slowPathMask(kernel: Kernel, value: Mask, context: Context): Mask {
  const scoped = applyScopes(kernel, value, context.scopes);
  const { ATOMIC, DIRECT_RECLAIM } = kernel.bits;
  const drops =
    kernel.features.warnsAtomicWithDirectReclaim && (scoped & ATOMIC) !== 0 && (scoped & DIRECT_RECLAIM) !== 0;
  return drops ? mask(scoped & ~ATOMIC) : scoped;
}

/**
 * What the kernel does with a request, in every state of memory. Total: any mask, size, context and kernel.
 *
 * The certainties: `never` only where the kernel cannot do it in any state of memory that the model knows of; `always`
 * where it does it whatever the state of memory; else `may`. So `fails` is `never` for a promise that the kernel keeps
 * (__GFP_NOFAIL that can block, a blocking mempool_alloc), `always` for what is refused, and `may` for GFP_KERNEL of a
 * small order, which fails for victims of the OOM killer and little else. `warns` counts WARNs and failure reports,
 * `oom` kills (also those in the memory cgroup of a charged request), `loops` that the call may not come back, by
 * retrying or waiting for ever. Zone, migratetype and alloc flags are those of the last try of the page allocator;
 * what it may do is the union over all tries. Without an answer the certainties are `may` and `unknown` says why.
 */
export function verdict(kernel: Kernel, request: AllocationRequest): Verdict {
  const api = apiNamed(request.api);
  if (api === null) return unknownVerdict(kernel, request, `The model does not know ${request.api}.`);
  if (!api.exists(kernel)) return unknownVerdict(kernel, request, `${request.api} does not exist in ${kernel.name}.`);
  const plan = api.plan(kernel, request);
  return plan.unknown === null ? verdictOf(kernel, request, plan) : unknownVerdict(kernel, request, plan.unknown);
}

function verdictOf(kernel: Kernel, request: AllocationRequest, plan: Plan): Verdict {
  const { context } = request;
  const scoped = applyScopes(kernel, plan.mask, context.scopes);
  const effective = slowPathMask(kernel, plan.mask, context);
  const order = Math.max(plan.order, 0);

  let last = 0;
  if (plan.order >= 0) last = plan.fastOnly ? CAN.fail : pagesCan(kernel, scoped, order, context);
  let first = 0;
  if (plan.firstOrder >= 0 && plan.firstOrder <= kernel.maxOrder) {
    first = plan.fastOnly
      ? CAN.fail
      : pagesCan(kernel, applyScopes(kernel, plan.firstMask, context.scopes), plan.firstOrder, context);
  }
  // A first try that cannot fail is the only one.
  const firstSettles = plan.firstOrder >= 0 && first !== 0 && (first & CAN.fail) === 0;
  let can = last | first;
  // Page tables: their failure is one of the call's own reasons, what they do to get memory is not.
  if (plan.sideMask !== 0)
    can |= pagesCan(kernel, applyScopes(kernel, plan.sideMask, context.scopes), 0, context) & ~CAN.warn;
  let failing = firstSettles ? 0 : last;
  if (plan.charged && plan.refused !== "always") {
    const charge = chargeCan(kernel, applyScopes(kernel, plan.chargeMask, context.scopes), order, context);
    can |= charge;
    failing |= charge;
  }

  const sleeps = plan.sleeps || (can & CAN.sleep) !== 0;
  const deadlocks = !plan.nmiSafe && plan.order >= 0 && forbidsEvenNonBlocking(kernel, context) !== null;
  return {
    mask: request.mask,
    undefinedBits: mask(request.mask & ~kernel.namedBits),
    effective,
    zone: kernel.zones[gfpZoneIndex(kernel, effective)] ?? "Normal",
    zoneValid: gfpZoneValid(effective),
    migratetype: migratetype(kernel, effective),
    blocking: (effective & kernel.bits.DIRECT_RECLAIM) !== 0,
    zonelist: zonelist(kernel, effective),
    fastAllocFlags: plan.fastOnly
      ? NOLOCK_FLAGS
      : prepare(kernel, kernel.features.scopesApplyToFastPath ? scoped : plan.mask, order),
    slowAllocFlags: allocFlags(kernel, effective, order, context),
    sleeps: sleeps ? "may" : "never",
    reclaim: (can & CAN.reclaim) !== 0 ? "direct" : (can & CAN.kswapd) !== 0 ? "kswapd" : "none",
    compaction: certainty(can & CAN.compact),
    kswapd: certainty(can & CAN.kswapd),
    oom: certainty(can & CAN.kill),
    fails: failsOf(plan, failing, firstSettles),
    warns: warnsOf(kernel, plan, can, failing, effective, context, sleeps, deadlocks),
    reserves:
      (can & CAN.reserveAll) !== 0
        ? "all"
        : (can & CAN.reserveAtomic) !== 0
          ? "atomic"
          : (can & CAN.reserveHigh) !== 0
            ? "high"
            : "none",
    loops: (can & CAN.loop) !== 0 || plan.endless || deadlocks ? "may" : "never",
    unknown: null,
  };
}

function failsOf(plan: Plan, failing: number, firstSettles: boolean): Certainty {
  if (plan.refused === "always") return "always";
  if (plan.endless || firstSettles) return (failing & CAN.fail) !== 0 && !plan.endless ? "may" : "never";
  return plan.refused === "may" || plan.fails || (failing & CAN.fail) !== 0 ? "may" : "never";
}

function warnsOf(
  kernel: Kernel,
  plan: Plan,
  can: number,
  failing: number,
  effective: Mask,
  context: Context,
  sleeps: boolean,
  deadlocks: boolean,
): Certainty {
  const { options } = kernel;
  if (plan.warns === "always" || plan.bugs === "always") return "always";
  if ((can & CAN.warnAlways) !== 0) return "always";
  if (
    options.DEBUG_VM &&
    plan.order >= 0 &&
    (migratetype(kernel, effective) > MIGRATE.RECLAIMABLE || !gfpZoneValid(effective))
  )
    return "always";
  const badPlace = sleeps && isAtomic(kernel, context);
  if (badPlace && options.DEBUG_ATOMIC_SLEEP) return "always";
  if (badPlace || deadlocks || plan.warns === "may" || plan.bugs === "may") return "may";
  return (can & CAN.warn) !== 0 && (plan.order >= 0 || failing !== 0) ? "may" : "never";
}

function unknownVerdict(kernel: Kernel, request: AllocationRequest, unknown: string): Verdict {
  const scoped = applyScopes(kernel, request.mask, request.context.scopes);
  return {
    mask: request.mask,
    undefinedBits: mask(request.mask & ~kernel.namedBits),
    effective: scoped,
    zone: kernel.zones[gfpZoneIndex(kernel, scoped)] ?? "Normal",
    zoneValid: gfpZoneValid(scoped),
    migratetype: migratetype(kernel, scoped),
    blocking: (scoped & kernel.bits.DIRECT_RECLAIM) !== 0,
    zonelist: zonelist(kernel, scoped),
    fastAllocFlags: prepare(kernel, scoped, 0),
    slowAllocFlags: allocFlags(kernel, scoped, 0, request.context),
    sleeps: "may",
    reclaim:
      (scoped & kernel.bits.DIRECT_RECLAIM) !== 0
        ? "direct"
        : (scoped & kernel.bits.KSWAPD_RECLAIM) !== 0
          ? "kswapd"
          : "none",
    compaction: "may",
    kswapd: "may",
    oom: "may",
    fails: "may",
    warns: "may",
    reserves: "none",
    loops: "may",
    unknown,
  };
}
