import type { Binding } from "../analysis/environment.ts";
import { togetherUnder } from "../policies/expectation-check.ts";
import { isTaken, judge } from "../policies/judgement.ts";
import type { PolicySet } from "../policies/policy-set.ts";
import { resolvePolicy, type ResolvedPolicy } from "../policies/resolved-policy.ts";
import { replayedWitness, subjectOf, witnessText } from "../policies/witness.ts";
import { TooMuchWork } from "../symbolic/bdd.ts";
import { TRUE } from "../symbolic/node.ts";
import type { Witness } from "../symbolic/smallest-witness.ts";
import { modeDifferences, writtenDifferences, type ModeDifference } from "./modes.ts";
import type { Side } from "./side.ts";

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
  /** The modes that are not the same in both. */
  readonly modes: readonly ModeDifference[];
}

/** Two policies, over every mask, size and context, under the kernel of the first side. */
export function comparePolicies(first: Side, one: Binding, second: Side, other: Binding): PolicyDifference {
  const a = resolvePolicy(first.environment, one);
  const b = resolvePolicy(second.environment, other);
  const names = { first: one.declaration.name?.text ?? "", second: other.declaration.name?.text ?? "" };
  if (a === null || b === null) return { ...names, ...UNKNOWN, modes: [] };
  try {
    return { ...names, ...compareResolved(first, a, second, b) };
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return { ...names, ...UNKNOWN, modes: writtenDifferences(a, b) };
  }
}

const UNKNOWN = { relation: "unknown", onlyFirst: null, onlySecond: null } as const;

/** Whether nothing is different but names. */
export const isSamePolicy = ({ relation, modes }: PolicyDifference): boolean =>
  relation === "equal" && modes.length === 0;

function compareResolved(
  first: Side,
  a: ResolvedPolicy,
  second: Side,
  b: ResolvedPolicy,
): Omit<PolicyDifference, "first" | "second"> {
  const { small, large } = togetherUnder([first.kernel], [first.environment, a], [second.environment, b])(first.kernel);
  if (!small.certain || !large.certain) return { ...UNKNOWN, modes: writtenDifferences(a, b) };
  const { bdd } = small.space;
  /** What the model says of a witness is said for the functions of each policy. */
  const takes = (side: Side, set: PolicySet, witness: Witness): boolean =>
    isTaken(judge(side.environment, first.kernel, set.policy, subjectOf(set, witness)));
  const onlyFirst = replayedWitness(
    small,
    [small.taken(TRUE), bdd.not(large.taken(TRUE))],
    (_, witness) => takes(first, small, witness) && !takes(second, large, witness),
  );
  const onlySecond = replayedWitness(
    large,
    [large.taken(TRUE), bdd.not(small.taken(TRUE))],
    (_, witness) => !takes(first, small, witness) && takes(second, large, witness),
  );
  const relation =
    onlyFirst === null ? (onlySecond === null ? "equal" : "stricter") : onlySecond === null ? "looser" : "incomparable";
  return {
    relation,
    onlyFirst: onlyFirst === null ? null : witnessText(small.space, onlyFirst),
    onlySecond: onlySecond === null ? null : witnessText(small.space, onlySecond),
    modes: modeDifferences(first.kernel, { ...first, set: small, policy: a }, { ...second, set: large, policy: b }),
  };
}
