import { apiNamed } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import { contextOf } from "../../model/contexts.ts";
import { EMPTY, mask, type FlagName, type Mask } from "../../model/masks/mask.ts";
import type { AllocationRequest, Verdict } from "../../model/request.ts";
import { verdict } from "../../model/verdict.ts";
import { FALSE, TRUE, type Node } from "../symbolic/bdd.ts";
import { largerThan, type Space } from "../symbolic/space.ts";
import type { ModelSets } from "./predicates.ts";
import type { ResolvedPolicy } from "./resolved-policy.ts";

/**
 * The flags that decide whether a request sleeps, meets the OOM killer or may fail. A test changes every other bit of
 * random masks, for every API and kernel, and sees no change of these answers.
 */
export const DECISIVE_FLAGS: readonly FlagName[] = [
  "DIRECT_RECLAIM", "NOFAIL", "NORETRY", "RETRY_MAYFAIL", "THISNODE", "FS", "MEMALLOC", "NOMEMALLOC", "DMA", "DMA32", "HIGHMEM", "ACCOUNT",
];

/** The API that stands for a policy that is bound to none: the page allocator itself. */
export function standingApi(): readonly Api[] {
  const api = apiNamed("alloc_pages");
  return api === null ? [] : [api];
}

/** A size that answers like every size up to the threshold: the sizes at which the page allocator changes its mind. */
export function modelThresholds(space: Pick<Space, "kernel">): readonly number[] {
  const { maxOrder, options } = space.kernel;
  return [options.pageBytes * 2 ** 0, options.pageBytes * 2 ** 3, options.pageBytes * 2 ** maxOrder];
}

/**
 * What `sleeps`, `may_oom` and `may_fail` are as sets of requests: the verdict on every combination of the decisive
 * flags, for a size of each class, made from a task that holds nothing. With several APIs: where one of them does it.
 */
export function modelSetsOf(space: Space, policy: Pick<ResolvedPolicy, "apis">): ModelSets {
  const apis = policy.apis.flatMap(({ text }) => apiNamed(text) ?? []);
  const asked = apis.length > 0 ? apis : standingApi();
  const sets = asked.map((api) => setsOfApi(space, api));
  const union = (test: keyof ModelSets): Node => space.bdd.or(...sets.map((set) => set[test]));
  return { sleeps: union("sleeps"), may_oom: union("may_oom"), may_fail: union("may_fail") };
}

function setsOfApi(space: Space, api: Api): ModelSets {
  const { bdd, kernel } = space;
  const bitsOf = (flag: FlagName): Mask => kernel.bits[flag];
  const flags = DECISIVE_FLAGS.filter((flag) => bitsOf(flag) !== 0);
  const { refused } = api.treatment(kernel);
  const edges = [0, ...space.thresholds];
  const perSize = edges.map((above, index) => {
    const upTo = space.thresholds[index] ?? above * 2 + kernel.options.pageBytes;
    const inClass = bdd.without(largerThan(space, above), index < space.thresholds.length ? largerThan(space, upTo) : FALSE);
    const build = (from: number, value: Mask): Answers => {
      const flag = flags[from];
      if (flag === undefined) return answersOf(verdict(kernel, requestFor(api, kernel.options.pageBytes, value, upTo)));
      const without = build(from + 1, value);
      const withIt = build(from + 1, mask(value | bitsOf(flag)));
      const variable = bdd.variable(Math.log2(bitsOf(flag)));
      const choose = (a: Node, b: Node): Node => (a === b ? a : bdd.or(bdd.and(variable, a), bdd.without(b, variable)));
      return { sleeps: choose(withIt.sleeps, without.sleeps), mayOom: choose(withIt.mayOom, without.mayOom), mayFail: choose(withIt.mayFail, without.mayFail) };
    };
    const answers = build(0, EMPTY);
    return { sleeps: bdd.and(inClass, answers.sleeps), mayOom: bdd.and(inClass, answers.mayOom), mayFail: bdd.and(inClass, answers.mayFail) };
  });
  const anyRefused = bdd.or(...space.maskBits.filter((bit) => (refused >>> bit) & 1).map((bit) => bdd.variable(bit)));
  return {
    sleeps: bdd.without(bdd.or(...perSize.map(({ sleeps }) => sleeps)), anyRefused),
    may_oom: bdd.without(bdd.or(...perSize.map(({ mayOom }) => mayOom)), anyRefused),
    may_fail: bdd.or(anyRefused, ...perSize.map(({ mayFail }) => mayFail)),
  };
}

interface Answers {
  readonly sleeps: Node;
  readonly mayOom: Node;
  readonly mayFail: Node;
}

function answersOf({ sleeps, oom, fails }: Verdict): Answers {
  const asNode = (holds: boolean): Node => (holds ? TRUE : FALSE);
  return { sleeps: asNode(sleeps !== "never"), mayOom: asNode(oom !== "never"), mayFail: asNode(fails !== "never") };
}

/** A request of that size, in the unit that the API takes. */
export function requestFor(api: Api, pageBytes: number, value: Mask, sizeBytes: number): AllocationRequest {
  const pages = Math.max(1, Math.ceil(sizeBytes / pageBytes));
  const order = Math.max(0, Math.ceil(Math.log2(pages)));
  return {
    api: api.name,
    mask: value,
    order: api.size === "order" ? order : null,
    sizeBytes: api.size === "bytes" ? sizeBytes : null,
    pages: api.size === "pages" ? pages : null,
    count: api.size === "count" ? pages : null,
    context: contextOf("process"),
    node: null,
    cache: null,
    poolEmpty: false,
  };
}
