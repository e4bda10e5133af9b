import { apiNamed } from "../../model/apis.ts";
import type { Api, ApiFamily } from "../../model/apis/api.ts";
import { CHARGE_FLAGS } from "../../model/apis/kmalloc.ts";
import { contextOf } from "../../model/contexts.ts";
import { EFFECT } from "../../model/decisions/decision.ts";
import { decisiveFor } from "../../model/decisions/reads.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { EMPTY, mask, type FlagName, type Mask } from "../../model/masks/mask.ts";
import type { AllocationRequest, Verdict } from "../../model/request.ts";
import { verdict } from "../../model/verdict.ts";
import { FALSE, TRUE, type Node } from "../symbolic/bdd.ts";
import { largerThan, type Space } from "../symbolic/space.ts";
import type { ModelSets } from "./predicates.ts";
import type { ResolvedPolicy } from "./resolved-policy.ts";

/** The answers of a verdict that a policy can speak of over all masks. Warnings hang on too many flags for that. */
export type Field = "sleeps" | "reclaim" | "compaction" | "oom" | "fails";

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
  return [...all].filter((flag) => kernel.bits[flag] !== 0);
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

/**
 * The sizes, in bytes, at which the allocators change their mind: a page, what slab and NOFAIL serve, the costly order,
 * the largest.
 */
export function modelThresholds({ maxOrder, options }: Kernel): readonly number[] {
  return [0, 1, 3, maxOrder].map((order) => options.pageBytes * 2 ** order);
}

const known = new WeakMap<Space, Map<string, ReadonlyMap<string, Node>>>();

/**
 * The requests of a space by the verdict's answer: for each value that occurs within a set, where it does. Asked for a
 * task that holds nothing, with every combination of the decisive flags that the set has, and the largest size of each
 * class: functions with an overhead of their own (alloc_skb) change a little below that.
 */
export function answerSets(space: Space, api: Api, field: Field, within: Node = TRUE): ReadonlyMap<string, Node> {
  const sets = known.get(space) ?? new Map<string, ReadonlyMap<string, Node>>();
  known.set(space, sets);
  // A function without a mask takes what stands in its place for a bool: nothing to reason about, bit by bit.
  if (!api.takesMask) return new Map([["unknown", TRUE]]);
  const key = (asked: Node): string => `${api.name} ${field} ${asked}`;
  const before = sets.get(key(within));
  if (before !== undefined) return before;
  const flags = decisiveFlags(space.kernel, api, field);
  const combinations = space.bdd.projectedOn(
    within,
    flags.map((flag) => Math.log2(space.kernel.bits[flag])),
  );
  const made = sets.get(key(combinations)) ?? answersFor(space, api, field, flags, combinations);
  sets.set(key(within), made).set(key(combinations), made);
  return made;
}

/** `combinations`: those of the decisive flags that can occur, as a set. */
function answersFor(space: Space, api: Api, field: Field, flags: readonly FlagName[], combinations: Node): Answers {
  const made = new Map<string, Node>();
  for (const [shape, value] of shapesOf(space, api, flags)) {
    for (const [sizeClass, sizeBytes] of sizeClassesOf(space)) {
      const answers = byFlags(space, flags, value, combinations, (chosen) => {
        return answerOf(
          verdict(space.kernel, requestFor(api, space.kernel.options.pageBytes, chosen, sizeBytes)),
          field,
        );
      });
      for (const [text, node] of answers)
        made.set(text, space.bdd.or(made.get(text) ?? FALSE, space.bdd.and(shape, sizeClass, node)));
    }
  }
  return made;
}

/**
 * What `sleeps`, `may_oom` and `may_fail` are as sets of requests; with several functions, where one of them does it.
 */
export function modelSetsOf(space: Space, policy: Pick<ResolvedPolicy, "apis">): ModelSets {
  const { bdd } = space;
  const unless = (field: Field): Node =>
    bdd.or(
      ...apisOf(policy).flatMap((api) =>
        [...answerSets(space, api, field)].flatMap(([value, node]) =>
          value === "never" || value === "unknown" ? [] : [node],
        ),
      ),
    );
  return { sleeps: unless("sleeps"), may_oom: unless("oom"), may_fail: unless("fails") };
}

type Answers = ReadonlyMap<string, Node>;

/** The answers for every combination of the flags that `within` has, on top of bits that are set already. */
function byFlags(
  space: Space,
  flags: readonly FlagName[],
  value: Mask,
  within: Node,
  ask: (value: Mask) => string,
): Answers {
  if (within === FALSE) return new Map();
  const [flag, ...rest] = flags;
  if (flag === undefined) return new Map([[ask(value), TRUE]]);
  const { bdd, kernel } = space;
  const bit = kernel.bits[flag];
  const level = Math.log2(bit);
  const variable = bdd.variable(level);
  const without = byFlags(space, rest, value, bdd.restrict(within, level, false), ask);
  const withIt = byFlags(space, rest, mask(value | bit), bdd.restrict(within, level, true), ask);
  const answers = new Map<string, Node>();
  for (const text of new Set([...without.keys(), ...withIt.keys()])) {
    const [off, on] = [without.get(text) ?? FALSE, withIt.get(text) ?? FALSE];
    answers.set(text, off === on ? on : bdd.or(bdd.and(variable, on), bdd.without(off, variable)));
  }
  return answers;
}

/**
 * Whether a mask has any other flag that the function refuses, and any that it warns about: each case with a mask that
 * stands for it.
 */
function shapesOf(space: Space, api: Api, flags: readonly FlagName[]): readonly (readonly [Node, Mask])[] {
  const { bdd, kernel } = space;
  const { refused, clearedWithWarning } = api.treatment(kernel);
  const decided = flags.reduce((all, flag) => all | kernel.bits[flag], 0);
  return [refused & ~decided, clearedWithWarning & ~decided].reduce<readonly (readonly [Node, Mask])[]>(
    (shapes, bits) => {
      const present = space.maskBits.filter((bit) => (bits >>> bit) & 1);
      const [lowest] = present;
      if (lowest === undefined) return shapes;
      const any = bdd.or(...present.map((bit) => bdd.variable(bit)));
      return shapes.flatMap(([shape, value]) => [
        [bdd.without(shape, any), value] as const,
        [bdd.and(shape, any), mask(value | (2 ** lowest))] as const,
      ]);
    },
    [[TRUE, EMPTY]],
  );
}

/** The stretches between thresholds, each with a size in it. */
function sizeClassesOf(space: Space): readonly (readonly [Node, number])[] {
  const { bdd, thresholds, kernel } = space;
  return [0, ...thresholds].map((above, index) => {
    const upTo = thresholds[index];
    const isBelow = upTo === undefined ? TRUE : bdd.not(largerThan(space, upTo));
    return [bdd.and(largerThan(space, above), isBelow), upTo ?? above * 2 + kernel.options.pageBytes] as const;
  });
}

/** A request of that size, in the unit that the function takes, from a task that holds nothing. */
export function requestFor(api: Api, pageBytes: number, value: Mask, sizeBytes: number): AllocationRequest {
  const pages = Math.max(1, Math.ceil(sizeBytes / pageBytes));
  return {
    api: api.name,
    mask: value,
    order: api.size === "order" ? Math.ceil(Math.log2(pages)) : null,
    sizeBytes: api.size === "bytes" ? sizeBytes : null,
    pages: api.size === "pages" ? pages : null,
    count: api.size === "count" ? pages : null,
    context: contextOf("process"),
    node: null,
    cache: null,
    poolEmpty: false,
  };
}

/** The verdict's answer in words that claims are compared with. */
export function answerOf(answer: Verdict, field: Field): string {
  return answer.unknown === null ? answer[field] : "unknown";
}
