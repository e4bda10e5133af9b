import { apiNamed, samePlan, type Plan } from "../../model/apis.ts";
import type { Api, ApiFamily } from "../../model/apis/api.ts";
import { CHARGE_FLAGS } from "../../model/apis/kmalloc.ts";
import { EFFECT } from "../../model/decisions/decision.ts";
import { alikeOrder, decisiveFor } from "../../model/decisions/reads.ts";
import { hasOwnDecisions } from "../../model/decisions/table.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { perKernel } from "../../model/kernels/per-kernel.ts";
import { agree, differencesOf, noted, recalled, watched, type Noted } from "../../model/kernels/questions.ts";
import { EMPTY, mask, type FlagName, type Mask } from "../../model/masks/mask.ts";
import { flagsIn } from "../../model/masks/names.ts";
import { verdict } from "../../model/verdict.ts";
import type { Bdd } from "../symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import { maskLevel, sizeLevels, stretchSet, type Space } from "../symbolic/space.ts";
import { knownAnswers, type Field } from "./known-answers.ts";
import type { ModelSets } from "./predicates/sets.ts";
import { requestFor } from "./request-for.ts";
import type { ResolvedPolicy } from "./resolved-policy.ts";

/** What each answer is about. */
const EFFECTS: Readonly<Record<Field, number>> = {
  sleeps: EFFECT.sleep,
  reclaim: EFFECT.reclaim | EFFECT.kswapd,
  compaction: EFFECT.compact,
  oom: EFFECT.kill,
  fails: EFFECT.fail,
};

/**
 * These look for a whole composite: supersets of GFP_KERNEL have the vmalloc fallback, or are the only blocking masks.
 */
const GFP_KERNEL_FLAGS: readonly FlagName[] = ["IO", "FS", "KSWAPD_RECLAIM", "ACCOUNT"];
/** With RETRY_MAYFAIL the kmalloc part of a kvmalloc may reclaim. */
const KVMALLOC_FLAGS: readonly FlagName[] = [...GFP_KERNEL_FLAGS, "RETRY_MAYFAIL"];
/** What the range allocator refuses, not always with the same words: with a WARN, or not in every version. */
const RANGE_FLAGS: readonly FlagName[] = [
  "COMP",
  "HIGH",
  "NOFAIL",
  "NORETRY",
  "MEMALLOC",
  "NOMEMALLOC",
  "ACCOUNT",
  "NO_OBJ_EXT",
];

const MORE: Partial<Readonly<Record<ApiFamily, readonly FlagName[]>>> = {
  kvmalloc: KVMALLOC_FLAGS,
  krealloc: KVMALLOC_FLAGS,
  percpu: GFP_KERNEL_FLAGS,
  contig: RANGE_FLAGS,
  cma: RANGE_FLAGS,
  dma: ["COMP"],
  "dma-pool": ["COMP"],
  skb: ["DMA"],
  // Their tries do not sleep: what the charge does is all there is.
  nolock: CHARGE_FLAGS,
};

/**
 * The flags that decide an answer of a function in one kernel, one by one: those on which the decisions of the slow
 * path hang, those that say whether the call is charged, and those that the function itself looks for. Of those that a
 * function refuses or clears with a warning it only matters whether any is set, and no other bit is read for these
 * answers: a test lays random masks of every function and kernel beside the verdict.
 */
function decisiveFlags(kernel: Kernel, api: Api, field: Field): readonly FlagName[] {
  const { flags, charged } = decisiveFor(kernel, EFFECTS[field]);
  const all = new Set([...flags, ...(charged ? CHARGE_FLAGS : []), ...(MORE[api.family] ?? [])]);
  const { refused, clearedWithWarning } = api.treatment(kernel);
  return [...all].filter((flag) => (kernel.bits[flag] & ~(refused | clearedWithWarning)) !== 0);
}

/** The function that stands for a policy that is bound to none: the page allocator itself. */
function standingApi(): readonly Api[] {
  const api = apiNamed("alloc_pages");
  return api === null ? [] : [api];
}

/** The functions that a policy is judged by. */
export function apisOf(policy: Pick<ResolvedPolicy, "apis">): readonly Api[] {
  const apis = policy.apis.flatMap(({ text }) => apiNamed(text) ?? []);
  return apis.length > 0 ? apis : standingApi();
}

/** Whether the model can say anything of a function by its mask: without a mask there is nothing to reason about. */
export function isAnswered(kernel: Kernel, api: Api): boolean {
  return api.takesMask && api.exists(kernel);
}

/**
 * Whether the model knows what the functions of a policy do, as far as this kernel has them. Where it does not, or
 * where the kernel has none of them, nothing that asks the model holds or fails.
 */
export function isModelKnown(kernel: Kernel, policy: Pick<ResolvedPolicy, "apis">): boolean {
  const { pageBytes } = kernel.options;
  const apis = apisOf(policy).filter((api) => api.exists(kernel));
  const isKnown = (api: Api): boolean =>
    api.mayBeUnknown !== true || verdict(kernel, requestFor(api, pageBytes, EMPTY, pageBytes)).unknown === null;
  return apis.length > 0 && apis.every((api) => api.takesMask && isKnown(api));
}

/**
 * The sizes, in bytes, at which the allocators change their mind: a page, what slab and NOFAIL serve, the costly order,
 * the largest.
 */
export function modelThresholds({ maxOrder, options }: Kernel): readonly number[] {
  return [0, 1, 3, maxOrder].map((order) => options.pageBytes * 2 ** order);
}

/** The answers of all kinds. */
const LEAST_FIRST: readonly string[] = ["none", "kswapd", "direct", "never", "may", "always", "unknown"];

/** Where each value of an answer occurs. */
export type AnswerSets = ReadonlyMap<string, Node>;

type SizeClasses = readonly (readonly [Node, number])[];

/** What one kernel answered, and what it was asked for it: true of every kernel that agrees. */
interface Answered<Value> {
  readonly kernel: Kernel;
  readonly noted: Noted<Value>;
}

/** What was made on one diagram, by all that it hangs on besides the kernel. */
interface OfDiagram {
  readonly sizeClasses: Map<string, Answered<SizeClasses>[]>;
  readonly sets: Map<string, Answered<AnswerSets>[]>;
  /** Which masks were asked about, by kernel, function, answer and size. */
  readonly asked: Map<Kernel, Map<string, Set<Mask>>>;
}

const known = new WeakMap<Bdd, OfDiagram>();

function knownOf({ bdd }: Space): OfDiagram {
  const made = known.get(bdd) ?? { sizeClasses: new Map(), sets: new Map(), asked: new Map() };
  known.set(bdd, made);
  return made;
}

/** What a kernel answers; where another one was asked already that agrees on all questions, what that one answered. */
function sharedAnswer<Value>(
  others: Map<string, Answered<Value>[]>,
  key: string,
  kernel: Kernel,
  make: (asked: Kernel) => Value,
): Value {
  if (hasOwnDecisions(kernel)) return make(kernel);
  const answered = others.get(key) ?? [];
  others.set(key, answered);
  const same = answered.find((other) => agree(differencesOf(other.kernel, kernel), other.noted.questions));
  if (same !== undefined) return recalled(same.noted);
  const made = noted(watched(kernel), () => make(watched(kernel)));
  answered.push({ kernel, noted: made });
  return recalled(made);
}

/** What an answer is worth in decision nodes, as work: one that is asked for, and one that was asked for before. */
const VERDICT_WORK = 1;
const KNOWN_VERDICT_WORK = 1 / 16;
/** What it is worth to find out what a function makes of a size. */
const PLANS_WORK = 30;

/**
 * The requests of a space by the verdict's answer: where each value occurs, for all that lies within some sets; of the
 * rest as much as comes for nothing. Asked for a task that holds nothing, with every combination of the decisive flags
 * that the sets have at a size, as far as each of them by itself says, and the largest size of each class: functions
 * with an overhead of their own (alloc_skb) change a little below.
 * @param kernel the one that is asked; the policy sees the same of it as of the space's
 */
export function answerSets(
  space: Space,
  kernel: Kernel,
  api: Api,
  field: Field,
  within: readonly Node[] = [space.domain],
): AnswerSets {
  if (!isAnswered(kernel, api)) return new Map([["unknown", TRUE]]);
  const { sizeClasses: classes, sets, asked } = knownOf(space);
  const ofApi = `${api.name} ${flagsIn(kernel, kernel.namedBits).join(" ")}`;
  const sizeClasses = sharedAnswer(classes, ofApi, kernel, (watching) => sizeClassesOf(space, watching, api));
  const flags = decisiveFlags(kernel, api, field).toSorted((a, b) => levelOf(space, a) - levelOf(space, b));
  const shapes = shapesOf(space, kernel, api, flags);
  const levels = flags.map((flag) => levelOf(space, flag));
  const shadow = shadowOf(space, within, levels);
  const key = [`${api.name} ${field} ${shadow}`, levels, shapes.map(([shape]) => shape), sizeClasses].join(";");
  return sharedAnswer(sets, key, kernel, (watching) => {
    const ofKernel = asked.get(kernel) ?? new Map<string, Set<Mask>>();
    asked.set(kernel, ofKernel);
    const answerFor = (sizeBytes: number): ((value: Mask) => string) => {
      const answerTo = knownAnswers(watching, api, field, sizeBytes);
      const masks = ofKernel.get(`${api.name} ${field} ${sizeBytes}`) ?? new Set<Mask>();
      ofKernel.set(`${api.name} ${field} ${sizeBytes}`, masks);
      return (value) => {
        space.allowance.spend(masks.has(value) ? KNOWN_VERDICT_WORK : VERDICT_WORK);
        masks.add(value);
        return answerTo(value);
      };
    };
    return answersFor(space, flags, shapes, shadow, sizeClasses, answerFor);
  });
}

function levelOf(space: Space, flag: FlagName): number {
  return maskLevel(space, Math.log2(space.kernel.bits[flag]));
}

/** All that sets leave of the variables on which an answer can hang: no less, and more where they do so together. */
function shadowOf(space: Space, within: readonly Node[], levels: readonly number[]): Node {
  const { bdd } = space;
  const kept = new Set([...sizeLevels(space), ...levels]);
  return bdd.and(
    ...within.map((set) =>
      bdd.exists(
        set,
        bdd.support(set).filter((level) => !kept.has(level)),
      ),
    ),
  );
}

function answersFor(
  space: Space,
  flags: readonly FlagName[],
  shapes: readonly (readonly [Node, Mask])[],
  shadow: Node,
  sizeClasses: SizeClasses,
  answerFor: (sizeBytes: number) => (value: Mask) => string,
): AnswerSets {
  const { bdd } = space;
  const levels = flags.map((flag) => levelOf(space, flag));
  const made = new Map<string, Node[]>();
  for (const [sizeClass, sizeBytes] of sizeClasses) {
    const combinations = bdd.projectedOn([shadow, sizeClass], levels);
    if (combinations === FALSE) continue;
    const ask = answerFor(sizeBytes);
    for (const [shape, value] of shapes) {
      for (const [text, node] of byFlags(space, flags, value, combinations, ask)) {
        const parts = made.get(text) ?? [];
        made.set(text, parts);
        parts.push(bdd.and(shape, sizeClass, node));
      }
    }
  }
  // The one that does least first, whatever order the diagrams ask in: so kernels that do the same are said to.
  return new Map(
    [...made]
      .sort(([one], [other]) => LEAST_FIRST.indexOf(one) - LEAST_FIRST.indexOf(other))
      .map(([text, parts]) => [text, bdd.or(...parts)]),
  );
}

/**
 * What `sleeps`, `may_oom` and `may_fail` are as sets of requests; with several functions, where one of them does it.
 * @param asked those that are asked for; the others are left empty
 */
export function* modelSetsInSteps(
  space: Space,
  policy: Pick<ResolvedPolicy, "apis">,
  asked: ReadonlySet<keyof ModelSets>,
): Generator<void, ModelSets> {
  function* unless(test: keyof ModelSets, field: Field): Generator<void, Node> {
    if (!asked.has(test)) return FALSE;
    const nodes: Node[] = [];
    for (const api of apisOf(policy)) {
      for (const [value, node] of answerSets(space, space.kernel, api, field))
        if (value !== "never" && value !== "unknown") nodes.push(node);
      yield;
    }
    return space.bdd.or(...nodes);
  }
  return {
    sleeps: yield* unless("sleeps", "sleeps"),
    may_oom: yield* unless("may_oom", "oom"),
    may_fail: yield* unless("may_fail", "fails"),
  };
}

/**
 * The answers for every combination of the flags, in the order in which the diagrams ask them, that `within` has, on
 * top of bits that are set already.
 */
function byFlags(
  space: Space,
  flags: readonly FlagName[],
  value: Mask,
  within: Node,
  ask: (value: Mask) => string,
): AnswerSets {
  const { bdd, kernel } = space;
  const bits = flags.map((flag) => kernel.bits[flag]);
  const levels = flags.map((flag) => levelOf(space, flag));
  const none: AnswerSets = new Map();
  const leaves = new Map<string, AnswerSets>();
  const below = (index: number, chosen: number, rest: Node): AnswerSets => {
    if (rest === FALSE) return none;
    const level = levels[index];
    if (level === undefined) {
      const text = ask(mask(chosen));
      const leaf = leaves.get(text) ?? new Map([[text, TRUE]]);
      leaves.set(text, leaf);
      return leaf;
    }
    const isNext = bdd.levelOf(rest) === level;
    const off = below(index + 1, chosen, isNext ? bdd.lowOf(rest) : rest);
    const on = below(index + 1, chosen | (bits[index] ?? 0), isNext ? bdd.highOf(rest) : rest);
    if (off === on) return off;
    const sets = new Map<string, Node>();
    for (const [text, node] of off) sets.set(text, bdd.choice(level, node, on.get(text) ?? FALSE));
    for (const [text, node] of on) if (!off.has(text)) sets.set(text, bdd.choice(level, FALSE, node));
    return sets;
  };
  return below(0, value, within);
}

/**
 * Whether a mask has any other flag that the function refuses, and any that it warns about: each case with a mask that
 * stands for it.
 */
function shapesOf(
  space: Space,
  kernel: Kernel,
  api: Api,
  flags: readonly FlagName[],
): readonly (readonly [Node, Mask])[] {
  const { bdd } = space;
  const { refused, clearedWithWarning } = api.treatment(kernel);
  const decided = flags.reduce((all, flag) => all | kernel.bits[flag], 0);
  return [refused & ~decided, clearedWithWarning & ~decided].reduce<readonly (readonly [Node, Mask])[]>(
    (shapes, bits) => {
      const present = space.maskBits.filter((bit) => (bits >>> bit) & 1);
      const [lowest] = present;
      if (lowest === undefined) return shapes;
      const any = bdd.or(...present.map((bit) => bdd.variable(maskLevel(space, bit))));
      return shapes.flatMap(([shape, value]) => [
        [bdd.without(shape, any), value] as const,
        [bdd.and(shape, any), mask(value | (2 ** lowest))] as const,
      ]);
    },
    [[TRUE, EMPTY]],
  );
}

/**
 * The stretches between thresholds, each with a size in it, its largest. Neighbours of which the function makes the
 * same are one.
 */
function sizeClassesOf(space: Space, kernel: Kernel, api: Api): SizeClasses {
  const { bdd, stretches } = space;
  const classes: { readonly sizeBytes: number; readonly plans: readonly Plan[]; readonly nodes: Node[] }[] = [];
  const masks = tellingMasks(kernel);
  space.allowance.spend(PLANS_WORK * stretches.length);
  for (const [index, { above, upTo }] of stretches.entries()) {
    const sizeBytes = Number.isFinite(upTo) ? upTo : above * 2 + kernel.options.pageBytes;
    const node = stretchSet(space, index);
    const plans = masks.map((value) =>
      withAlikeOrders(kernel, api.plan(kernel, requestFor(api, kernel.options.pageBytes, value, sizeBytes))),
    );
    const last = classes.at(-1);
    if (last?.plans.every((plan, i) => samePlan(plan, plans[i] ?? plan)) === true) last.nodes.push(node);
    else classes.push({ sizeBytes, plans, nodes: [node] });
  }
  return classes.map(({ sizeBytes, nodes }) => [bdd.or(...nodes), sizeBytes] as const);
}

/** The plan with the smallest orders of which the page allocator decides the same. */
function withAlikeOrders(kernel: Kernel, plan: Plan): Plan {
  const { order, firstOrder, betweenOrder, blocksOrder } = plan;
  return {
    ...plan,
    order: alikeOrder(kernel, order),
    firstOrder: alikeOrder(kernel, firstOrder),
    betweenOrder: alikeOrder(kernel, betweenOrder),
    blocksOrder: alikeOrder(kernel, blocksOrder),
  };
}

/**
 * Masks that show what a function makes of a size: every composite and every flag, alone and with what changes how hard
 * it tries. Sizes of which it makes the same with each of them are the same to it: a test lays other masks beside.
 */
const tellingMasks = perKernel((kernel: Kernel): readonly Mask[] => {
  const single = Object.values(kernel.bits).filter((bit) => bit !== 0);
  const efforts = [0, kernel.bits.NOFAIL, kernel.bits.RETRY_MAYFAIL, kernel.bits.NORETRY];
  const composites = Object.values(kernel.gfp).flatMap((value) => efforts.map((effort) => mask(value | effort)));
  return [...new Set([EMPTY, ...single, ...composites])];
});
