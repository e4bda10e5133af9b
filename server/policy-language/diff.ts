import type { RequestDeclaration } from "../../grammar/ast.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { flagsIn, flagText, maskText, meaningOf } from "../model/masks/names.ts";
import type { FlagName, Mask } from "../model/masks/mask.ts";
import type { Verdict } from "../model/request.ts";
import type { Binding, Environment } from "./analysis/environment.ts";
import { meaningsOf } from "./requests/masks.ts";
import { togetherUnder } from "./policies/expectation-check.ts";
import { isTaken, judge } from "./policies/judgement.ts";
import { resolvePolicy, type ResolvedPolicy } from "./policies/resolved-policy.ts";
import { replayedWitness, witnessText } from "./policies/witness.ts";
import { TooMuchWork } from "./symbolic/bdd.ts";
import { TRUE } from "./symbolic/node.ts";
import { requestUnder, whyOpen } from "./requests/under-kernels.ts";
import { resolveRequest } from "./requests/requests.ts";

/** A file as it is judged: with one kernel, so that two sides can be laid beside each other. */
export interface Side {
  readonly environment: Environment;
  readonly kernel: Kernel;
}

/**
 * How two policies stand to each other. The first is stricter when the second takes every request that it takes, and
 * more.
 */
export type Relation = "equal" | "stricter" | "looser" | "incomparable" | "unknown";

export interface PolicyDifference {
  readonly first: string;
  readonly second: string;
  readonly relation: Relation;
  /** The smallest request that only the first takes, and only the second; null where there is none. */
  readonly onlyFirst: string | null;
  readonly onlySecond: string | null;
}

export interface Change {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/** `sleeps`: `never`; `mask`: `GFP_KERNEL | __GFP_NOWARN`. */
export interface RequestFact {
  readonly what: string;
  readonly value: string;
  /** What it is compared by, where that is not the text: of a mask its flags, for composites change. */
  readonly flags?: string;
}

export interface RequestDifference {
  readonly name: string;
  readonly changes: readonly Change[];
}

/** A flag that the file writes and that is not the same on both sides. */
export interface FlagDifference {
  readonly name: string;
  readonly kind: "appears" | "vanishes" | "changes";
  readonly text: string;
}

/** What is different between two sides: two files, or one file under two kernels. */
export interface Difference {
  readonly policies: readonly PolicyDifference[];
  readonly requests: readonly RequestDifference[];
  readonly flags: readonly FlagDifference[];
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/** Two policies, over every mask, size and context, under the kernel of the first side. */
export function comparePolicies(first: Side, one: Binding, second: Side, other: Binding): PolicyDifference {
  const a = resolvePolicy(first.environment, one);
  const b = resolvePolicy(second.environment, other);
  const names = { first: one.declaration.name?.text ?? "", second: other.declaration.name?.text ?? "" };
  const unknown: PolicyDifference = { ...names, relation: "unknown", onlyFirst: null, onlySecond: null };
  if (a === null || b === null) return unknown;
  try {
    return { ...names, ...compareResolved(first, a, second, b) };
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return unknown;
  }
}

function compareResolved(
  first: Side,
  a: ResolvedPolicy,
  second: Side,
  b: ResolvedPolicy,
): Omit<PolicyDifference, "first" | "second"> {
  const { small, large } = togetherUnder([first.kernel], [first.environment, a], [second.environment, b])(first.kernel);
  if (!small.certain || !large.certain) return { relation: "unknown", onlyFirst: null, onlySecond: null };
  const { bdd } = small.space;
  const takes =
    (side: Side, policy: ResolvedPolicy) =>
    (subject: Parameters<typeof judge>[3]): boolean =>
      isTaken(judge(side.environment, first.kernel, policy, subject));
  const [inFirst, inSecond] = [takes(first, a), takes(second, b)];
  const onlyFirst = replayedWitness(
    small,
    [small.taken(TRUE), bdd.not(large.taken(TRUE))],
    (subject) => inFirst(subject) && !inSecond(subject),
  );
  const onlySecond = replayedWitness(
    large,
    [large.taken(TRUE), bdd.not(small.taken(TRUE))],
    (subject) => !inFirst(subject) && inSecond(subject),
  );
  const relation =
    onlyFirst === null ? (onlySecond === null ? "equal" : "stricter") : onlySecond === null ? "looser" : "incomparable";
  return {
    relation,
    onlyFirst: onlyFirst === null ? null : witnessText(small.space, onlyFirst),
    onlySecond: onlySecond === null ? null : witnessText(small.space, onlySecond),
  };
}

/** Two files by the names of their declarations, or one file under two kernels. */
export function compareSides(first: Side, second: Side): Difference {
  const firstSubjects = subjectsOf(first);
  const secondSubjects = subjectsOf(second);
  const both = [...firstSubjects.keys()].filter((name) => secondSubjects.has(name));
  const pairs = both.flatMap((name) => {
    const [one, other] = [firstSubjects.get(name), secondSubjects.get(name)];
    return one === undefined || other === undefined ? [] : [{ name, one, other }];
  });
  const sameKernel = first.kernel === second.kernel;
  return {
    policies: sameKernel
      ? pairs
          .filter(({ one, other }) => one.declaration.kind === "policy" && other.declaration.kind === "policy")
          .map(({ one, other }) => comparePolicies(first, one, second, other))
      : [],
    requests: pairs.flatMap(({ name, one, other }) => {
      if (one.declaration.kind !== "request" || other.declaration.kind !== "request") return [];
      const changes = requestChanges(first, one.declaration, second, other.declaration);
      return changes.length === 0 ? [] : [{ name, changes }];
    }),
    flags: sameKernel ? [] : flagDifferences(first, second),
    onlyFirst: [...firstSubjects.keys()].filter((name) => !secondSubjects.has(name)),
    onlySecond: [...secondSubjects.keys()].filter((name) => !firstSubjects.has(name)),
  };
}

/** Requests and policies of the file itself, by name. */
function subjectsOf({ environment }: Side): ReadonlyMap<string, Binding> {
  const own = environment
    .visible("subject")
    .filter(({ uri, declaration }) => uri === environment.uri && declaration.kind !== "transform");
  return new Map(
    own.flatMap((binding) =>
      binding.declaration.name === null ? [] : [[binding.declaration.name.text, binding] as const],
    ),
  );
}

// Requests ------------------------------------------------------------------------------------------------------------

/** What of a verdict is laid beside another, in the order in which it is shown. */
export const VERDICT_FIELDS = [
  "sleeps",
  "reclaim",
  "compaction",
  "kswapd",
  "oom",
  "fails",
  "warns",
  "reserves",
  "loops",
  "zone",
] as const satisfies readonly (keyof Verdict)[];

/**
 * What is true of a request on one side, in the order in which it is shown; null where its function does not exist
 * there.
 */
export function requestFacts(side: Side, declaration: RequestDeclaration): readonly RequestFact[] | null {
  const resolved = resolveRequest(side.environment, declaration);
  const under = requestUnder(side.environment, resolved, side.kernel);
  if (under === null) return null;
  const { request, verdict } = under;
  const open = whyOpen(side.environment, resolved, under) !== null;
  return [
    { what: "api", value: request.api },
    maskFact(side.kernel, "mask", request.mask),
    maskFact(side.kernel, "reaches the page allocator as", verdict.effective),
    ...VERDICT_FIELDS.map((what) => ({ what, value: open ? "unknown" : String(verdict[what]) })),
  ];
}

/** A mask is compared flag by flag: the numbers were shuffled more than once. */
function maskFact(kernel: Kernel, what: string, value: Mask): RequestFact {
  return { what, value: maskText(kernel, value), flags: flagsIn(kernel, value).toSorted().join(" ") };
}

/** A mask, and the flags that it has and the other one has not. */
function withFlags(text: string, flags: readonly string[], others: readonly string[]): string {
  const own = flags.filter((flag) => flag !== "" && !others.includes(flag)).map((flag) => `__GFP_${flag}`);
  return own.length === 0 ? text : `${text} (with ${own.join(", ")})`;
}

function requestChanges(
  first: Side,
  one: RequestDeclaration,
  second: Side,
  other: RequestDeclaration,
): readonly Change[] {
  const [before, after] = [requestFacts(first, one), requestFacts(second, other)];
  if (before === null || after === null) {
    const state = (side: Side, facts: typeof before): string =>
      facts === null ? `no such call in ${side.kernel.name}` : "judged";
    return before === null && after === null
      ? []
      : [{ what: "call", from: state(first, before), to: state(second, after) }];
  }
  const changes = before.map(({ what, value, flags }, index) => {
    const now = after[index];
    const isSame = (flags ?? value) === (now?.flags ?? now?.value);
    if (isSame || value !== now?.value) return { what, from: value, to: now?.value ?? "", isSame };
    // The same names for other flags: a composite has changed.
    const [had, has] = [flags?.split(" ") ?? [], now.flags?.split(" ") ?? []];
    return { what, from: withFlags(value, had, has), to: withFlags(value, has, had), isSame };
  });
  const [, masks, reaches] = changes;
  // The mask that the allocator sees is told only where the call makes another of it.
  const isSame = masks !== undefined && reaches !== undefined && reaches.from === masks.from && reaches.to === masks.to;
  return changes
    .filter((change) => !change.isSame && !(isSame && change === reaches))
    .map(({ what, from, to }) => ({ what, from, to }));
}

// Flags ---------------------------------------------------------------------------------------------------------------

/** The names that the file writes in its masks and whose meaning is another one under the other kernel. */
function flagDifferences(first: Side, second: Side): readonly FlagDifference[] {
  const names = new Set<string>();
  for (const { environment, kernel } of [first, second]) {
    for (const binding of [...environment.visible("subject"), ...environment.visible("mask")]) {
      if (binding.uri === environment.uri) for (const name of namesIn(environment, kernel, binding)) names.add(name);
    }
  }
  return [...names].sort().flatMap((name): readonly FlagDifference[] => {
    const [before, after] = [bitsOf(first.kernel, name), bitsOf(second.kernel, name)];
    if (before === null && after === null) return [];
    if (before === null) return [{ name, kind: "appears", text: `${name} does not exist in ${first.kernel.name}` }];
    if (after === null) return [{ name, kind: "vanishes", text: `${name} does not exist in ${second.kernel.name}` }];
    const [had, has] = [
      new Set<FlagName>(flagsIn(first.kernel, before)),
      new Set<FlagName>(flagsIn(second.kernel, after)),
    ];
    const gained = [...has].filter((flag) => !had.has(flag)).map(flagText);
    const lost = [...had].filter((flag) => !has.has(flag)).map(flagText);
    if (gained.length === 0 && lost.length === 0) return [];
    const parts = [
      ...(gained.length > 0 ? [`gains ${gained.join(", ")}`] : []),
      ...(lost.length > 0 ? [`loses ${lost.join(", ")}`] : []),
    ];
    return [{ name, kind: "changes", text: `${name} ${parts.join(" and ")}` }];
  });
}

function bitsOf(kernel: Kernel, name: string): Mask | null {
  const meaning = meaningOf(kernel, name);
  return "mask" in meaning ? meaning.mask : null;
}

function namesIn(environment: Environment, kernel: Kernel, { declaration }: Binding): readonly string[] {
  const masks =
    declaration.kind === "request"
      ? declaration.properties.flatMap((property) => (property.kind === "flags" ? [property.mask] : []))
      : declaration.kind === "flags"
        ? [declaration.value]
        : declaration.kind === "transform"
          ? [declaration.body]
          : [];
  return masks.flatMap((node) =>
    meaningsOf(environment, kernel, node, null).flatMap(({ node: leaf, meaning }) =>
      leaf.kind === "name" && meaning.kind !== "declared" ? [leaf.text] : [],
    ),
  );
}
