import { forbiddenPlace, type Plan } from "./apis/_plan.ts";
import { apiNamed } from "./apis.ts";
import { isAtomic, type Context } from "./contexts.ts";
import { certainty, reclaimOf, reservesOf } from "./decisions/answers.ts";
import { EFFECT } from "./decisions/decision.ts";
import { tableOf, type DecisionTable } from "./decisions/table.ts";
import { chargeCan, maySleep, pagesCan } from "./decisions/walk.ts";
import type { Kernel } from "./kernels/kernel.ts";
import { isWatched } from "./kernels/questions.ts";
import { allocFlags, NOLOCK_FLAGS, prepare } from "./masks/alloc-flags.ts";
import { mask, type Mask } from "./masks/mask.ts";
import {
  applyScopes,
  fastPathMask,
  MIGRATE,
  crashesMigratetype,
  migratetype,
  withoutAtomic,
  zonelist,
} from "./masks/properties.ts";
import { gfpZoneIndex, gfpZoneValid } from "./masks/zone.ts";
import type { AllocationRequest, Certainty, Verdict } from "./request.ts";

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
  return verdictOfPlan(kernel, request, api.plan(kernel, request));
}

/** The same, where it is known what the call comes to before memory is looked at. */
function verdictOfPlan(kernel: Kernel, request: AllocationRequest, plan: Plan): Verdict {
  return plan.unknown === null ? verdictOf(kernel, request, plan) : unknownVerdict(kernel, request, plan.unknown);
}

function verdictOf(kernel: Kernel, request: AllocationRequest, plan: Plan): Verdict {
  const asked = new PlannedCall(kernel, request, plan);
  return {
    mask: asked.mask,
    undefinedBits: asked.undefinedBits,
    effective: asked.effective,
    zone: asked.zone,
    zoneValid: asked.zoneValid,
    migratetype: asked.migratetype,
    blocking: asked.blocking,
    zonelist: asked.zonelist,
    fastAllocFlags: asked.fastAllocFlags,
    slowAllocFlags: asked.slowAllocFlags,
    sleeps: asked.sleeps,
    reclaim: asked.reclaim,
    compaction: asked.compaction,
    kswapd: asked.kswapd,
    oom: asked.oom,
    fails: asked.fails,
    warns: asked.warns,
    reserves: asked.reserves,
    loops: asked.loops,
    dies: asked.dies,
    unknown: null,
  };
}

/**
 * The same answers, each worked out when it is asked for, so that nothing is asked of a watched kernel that the one
 * answer does not hang on.
 */
export function answersOfPlan(kernel: Kernel, request: AllocationRequest, plan: Plan): Verdict {
  return plan.unknown === null ? new PlannedCall(kernel, request, plan) : unknownVerdict(kernel, request, plan.unknown);
}

const ALL_EFFECTS = -1;

class PlannedCall implements Verdict {
  readonly unknown = null;
  readonly mask: Mask;
  readonly #kernel: Kernel;
  readonly #context: Context;
  readonly #plan: Plan;
  readonly #scoped: Mask;
  readonly #isWatched: boolean;
  readonly effective: Mask;
  #found: Found | null = null;

  constructor(kernel: Kernel, request: AllocationRequest, plan: Plan) {
    this.mask = request.mask;
    this.#kernel = kernel;
    this.#context = request.context;
    this.#plan = plan;
    this.#scoped = applyScopes(kernel, plan.mask, request.context.scopes);
    this.#isWatched = isWatched(kernel);
    this.effective = withoutAtomic(kernel, this.#scoped);
  }

  /** What the tries come to; of a watched kernel it is asked again for each answer, which hangs on other decisions. */
  #foundFor(effects: number): Found {
    if (this.#found !== null) return this.#found;
    const found = foundOf(tableOf(this.#kernel), this.#plan, this.#scoped, this.#context, effects);
    if (!this.#isWatched) this.#found = found;
    return found;
  }

  #can(effects: number): number {
    return this.#foundFor(effects).can & effects;
  }

  get #deadlocks(): boolean {
    return forbiddenPlace(this.#kernel, this.#plan, this.#context) !== null;
  }

  get undefinedBits(): Mask {
    return mask(this.mask & ~this.#kernel.namedBits);
  }

  get zone(): Verdict["zone"] {
    return this.#kernel.zones[gfpZoneIndex(this.#kernel, this.effective)] ?? "Normal";
  }

  get zoneValid(): boolean {
    return gfpZoneValid(this.effective);
  }

  get migratetype(): number {
    return migratetype(this.#kernel, this.effective);
  }

  get blocking(): boolean {
    return (this.effective & this.#kernel.bits.DIRECT_RECLAIM) !== 0;
  }

  get zonelist(): Verdict["zonelist"] {
    return zonelist(this.#kernel, this.effective);
  }

  get fastAllocFlags(): number {
    const { mask: passed, fastOnly, order } = this.#plan;
    if (fastOnly) return NOLOCK_FLAGS;
    const { scopes } = this.#context;
    return prepare(this.#kernel, fastPathMask(this.#kernel, passed, scopes), Math.max(order, 0), scopes);
  }

  get slowAllocFlags(): number {
    return allocFlags(this.#kernel, this.effective, Math.max(this.#plan.order, 0), this.#context);
  }

  get sleeps(): Certainty {
    return this.#plan.sleeps ? "may" : certainty(this.#can(EFFECT.sleep));
  }

  get reclaim(): Verdict["reclaim"] {
    return reclaimOf(this.#can(EFFECT.reclaim | EFFECT.kswapd));
  }

  get compaction(): Certainty {
    return certainty(this.#can(EFFECT.compact));
  }

  get kswapd(): Certainty {
    return certainty(this.#can(EFFECT.kswapd));
  }

  get oom(): Certainty {
    return certainty(this.#can(EFFECT.kill));
  }

  get fails(): Certainty {
    return this.#plan.refused === "never" ? failsOf(this.#plan, this.#foundFor(EFFECT.fail)) : this.#plan.refused;
  }

  get warns(): Certainty {
    return warnsOf(this.#kernel, this.#plan, this.#context, this.#foundFor(ALL_EFFECTS), this.#deadlocks);
  }

  get reserves(): Verdict["reserves"] {
    return reservesOf(this.#can(EFFECT.reserveAll | EFFECT.reserveAtomic | EFFECT.reserveHigh));
  }

  get loops(): Certainty {
    return this.#plan.endless || this.#can(EFFECT.loop) !== 0 || this.#deadlocks ? "may" : "never";
  }

  get dies(): Certainty {
    return diesOf(this.#kernel, this.#plan, this.#context, this.#foundFor(EFFECT.die).can);
  }
}

/** What the tries and the charge of a call may come to, as bits of EFFECT. */
interface Found {
  /** All of them together. */
  readonly can: number;
  /** Those of which the caller sees the failure. */
  readonly failing: number;
  readonly first: number;
  readonly last: number;
}

/**
 * `scoped`: the mask of the last try. `about`: the effects that are asked for; the others may be left out of what is
 * noted, not of what is found.
 */
function foundOf(table: DecisionTable, plan: Plan, scoped: Mask, context: Context, about: number): Found {
  const { kernel } = table.facts;
  const { scopes } = context;
  const order = Math.max(plan.order, 0);
  let last = 0;
  if (plan.order >= 0) last = plan.fastOnly ? EFFECT.fail : pagesCan(table, scoped, order, context, about);
  const first = tryCan(table, plan, plan.firstMask, plan.firstOrder, context, about);
  let can = last | first;
  if (plan.betweenOrder >= 0) can |= tryCan(table, plan, plan.betweenMask, plan.betweenOrder, context, about);
  if (plan.blocksOrder >= 0) can |= tryCan(table, plan, plan.blocksMask, plan.blocksOrder, context, about);
  // Page tables: their failure is one of the call's own reasons, what they do to get memory is not.
  if (plan.sideMask !== 0)
    can |= pagesCan(table, applyScopes(kernel, plan.sideMask, scopes), 0, context, about) & ~EFFECT.warn;
  let failing = isSettled(plan, first) ? 0 : last;
  if (plan.charged && plan.refused !== "always") {
    const charge = chargeCan(table, applyScopes(kernel, plan.chargeMask, scopes), order, context, about);
    can |= charge;
    failing |= charge;
  }
  return { can, failing, first, last };
}

/** A first try that cannot fail is the only one. */
function isSettled(plan: Plan, first: number): boolean {
  return plan.firstOrder >= 0 && first !== 0 && (first & EFFECT.fail) === 0;
}

/** What a try before the last may come to; an order that the page allocator does not serve is refused at once. */
function tryCan(table: DecisionTable, plan: Plan, value: Mask, order: number, context: Context, about: number): number {
  const { kernel } = table.facts;
  if (order < 0 || order > kernel.maxOrder) return 0;
  return plan.fastOnly
    ? EFFECT.fail
    : pagesCan(table, applyScopes(kernel, value, context.scopes), order, context, about);
}

function failsOf(plan: Plan, { failing, first }: Found): Certainty {
  if (plan.refused !== "never") return plan.refused;
  if (plan.endless) return "never";
  const fails = (failing & EFFECT.fail) !== 0;
  return fails || (plan.fails && !isSettled(plan, first)) ? "may" : "never";
}

function warnsOf(kernel: Kernel, plan: Plan, context: Context, found: Found, deadlocks: boolean): Certainty {
  const { options } = kernel;
  const { can, failing } = found;
  if (plan.warns === "always" || plan.bugs === "always") return "always";
  // Whoever is served from what is there already has not asked the page allocator.
  const asks = !plan.stocked && plan.order >= 0;
  if (asks && (everyTry(plan, found) & EFFECT.warnWhenServed) !== 0 && isToldOfFailure(failing)) return "always";
  const contradicts = options.DEBUG_VM && plan.order >= 0 && isContradiction(kernel, plan.mask, context);
  if (asks && contradicts && (plan.firstOrder < 0 || isContradiction(kernel, plan.firstMask, context))) return "always";
  const sleeps = plan.sleeps || (can & EFFECT.sleep) !== 0;
  const badPlace = sleeps && isAtomic(kernel, context);
  if (badPlace && options.DEBUG_ATOMIC_SLEEP && sleepsAtOnce(kernel, plan, context, found)) return "always";
  if (badPlace || deadlocks || contradicts || plan.warns === "may" || plan.bugs === "may") return "may";
  if (plan.namesNode && options.DEBUG_VM) return "may";
  return (can & (EFFECT.warn | EFFECT.warnWhenServed)) !== 0 && (plan.order >= 0 || failing !== 0) ? "may" : "never";
}

/** What every try that may serve the call comes to. */
function everyTry(plan: Plan, { first, last }: Found): number {
  if (plan.firstOrder < 0) return last;
  return isSettled(plan, first) ? first : first & last;
}

/** It does not fail, or warns when it does. */
function isToldOfFailure(failing: number): boolean {
  return (failing & EFFECT.fail) === 0 || (failing & EFFECT.warnWhenFailing) !== 0;
}

/**
 * The zone bits, or the mobility bits, contradict each other: what DEBUG_VM looks at, on entry of the page allocator.
 */
function isContradiction(kernel: Kernel, value: Mask, { scopes }: Context): boolean {
  const seen = fastPathMask(kernel, value, scopes);
  return migratetype(kernel, seen) === MIGRATE.INVALID || !gfpZoneValid(seen);
}

/** might_sleep() is come to before anything depends on memory. */
function sleepsAtOnce(kernel: Kernel, plan: Plan, context: Context, { first, last }: Found): boolean {
  if (plan.sleepsAtOnce || maySleep(tableOf(kernel), plan.entryMask, context)) return true;
  if (plan.stocked) return false;
  return ((plan.firstOrder < 0 ? last : first) & EFFECT.sleep) !== 0;
}

function diesOf(kernel: Kernel, plan: Plan, context: Context, can: number): Certainty {
  if (plan.bugs !== "never") return plan.bugs;
  if (plan.namesNode || (can & EFFECT.die) !== 0) return "may";
  if (plan.order < 0) return "never";
  // Who takes from the free lists alone comes there with the mask as it is.
  const seen = plan.fastOnly ? plan.mask : fastPathMask(kernel, plan.mask, context.scopes);
  const crashes = migratetype(kernel, seen) === MIGRATE.INVALID && crashesMigratetype(kernel, plan.order);
  return crashes || (kernel.options.DEBUG_VM && !gfpZoneValid(seen)) ? "may" : "never";
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
    fastAllocFlags: prepare(kernel, scoped, 0, request.context.scopes),
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
    dies: "may",
    unknown,
  };
}
