import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Environment } from "../analysis/environment.ts";
import { effectText } from "../policies/effect-text.ts";
import { judge } from "../policies/judgement.ts";
import type { PolicySet } from "../policies/policy-set.ts";
import type { ResolvedPolicy } from "../policies/resolved-policy.ts";
import { replayedWitness, subjectOf, witnessText } from "../policies/witness.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import type { Witness } from "../symbolic/smallest-witness.ts";

/** A promise that a mode makes in one policy only, or with another value: `retries 5`. Null: it makes none. */
export interface PromiseDifference {
  readonly first: string | null;
  readonly second: string | null;
}

/** A mode, by its name, and what is different about it in two policies. */
export interface ModeDifference {
  readonly mode: string;
  readonly isIn: "both" | "first" | "second";
  readonly promises: readonly PromiseDifference[];
  /**
   * The smallest request that both policies take and that has this mode in the first alone, and in the second alone;
   * null where there is none, and where it is in one policy only.
   */
  readonly onlyFirst: string | null;
  readonly onlySecond: string | null;
}

/** What each policy promises under the name of a mode, an effect at a time. */
type Modes = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What is different in the text of the modes: names and promises. */
export function writtenDifferences(one: ResolvedPolicy, other: ResolvedPolicy): readonly ModeDifference[] {
  const [first, second] = [modesIn(one), modesIn(other)];
  return namesOf(first, second)
    .map((mode): ModeDifference => {
      const [a, b] = [first.get(mode), second.get(mode)];
      const isIn = a === undefined ? "second" : b === undefined ? "first" : "both";
      return { mode, isIn, promises: isIn === "both" ? promisesOf(a, b) : [], onlyFirst: null, onlySecond: null };
    })
    .filter(({ isIn, promises }) => isIn !== "both" || promises.length > 0);
}

function modesIn({ clauses }: ResolvedPolicy): Modes {
  return new Map(
    clauses.flatMap(({ clause }) =>
      clause.kind === "mode" && clause.name !== null
        ? [[clause.name.text, new Map(clause.effects.map((effect) => [effect.name.text, effectText(effect)]))] as const]
        : [],
    ),
  );
}

const namesOf = (first: Modes, second: Modes): readonly string[] => [...new Set([...first.keys(), ...second.keys()])];

type Promises = ReadonlyMap<string, string> | undefined;

function promisesOf(one: Promises, other: Promises): readonly PromiseDifference[] {
  return [...new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])].flatMap((effect) => {
    const [first, second] = [one?.get(effect) ?? null, other?.get(effect) ?? null];
    return first === second ? [] : [{ first, second }];
  });
}

/** A policy, the file that it is read in, and its sets. */
interface Compared {
  readonly environment: Environment;
  readonly policy: ResolvedPolicy;
  readonly set: PolicySet;
}

/** The same, and which requests have a mode in one policy alone. Both sets lie in one space. */
export function modeDifferences(kernel: Kernel, first: Compared, second: Compared): readonly ModeDifference[] {
  const { bdd } = first.set.space;
  const written = new Map(writtenDifferences(first.policy, second.policy).map((one) => [one.mode, one]));
  const both = [first.set.taken(TRUE), second.set.taken(TRUE)];
  const onlyIn = (one: Compared, other: Compared, mode: string): string | null => {
    const has = ({ environment, policy, set }: Compared, found: Witness): boolean =>
      judge(environment, kernel, policy, subjectOf(set, found)).modes.some(({ clause }) => clause.name?.text === mode);
    const witness = replayedWitness(
      one.set,
      [...both, unionOf(one.set, mode), bdd.not(unionOf(other.set, mode))],
      (_, found) => has(one, found) && !has(other, found),
    );
    return witness === null ? null : witnessText(one.set.space, witness);
  };
  return namesOf(modesIn(first.policy), modesIn(second.policy)).flatMap((mode) => {
    const known = written.get(mode);
    if (known !== undefined && known.isIn !== "both") return [known];
    const [onlyFirst, onlySecond] = [onlyIn(first, second, mode), onlyIn(second, first, mode)];
    if (known === undefined && onlyFirst === null && onlySecond === null) return [];
    return [{ mode, isIn: "both" as const, promises: known?.promises ?? [], onlyFirst, onlySecond }];
  });
}

const unionOf = ({ space, modes }: PolicySet, name: string): Node =>
  modes
    .filter(({ source }) => source.clause.name?.text === name)
    .reduce((all, { set }) => space.bdd.or(all, set), FALSE);

/**
 * What there is to say of a mode, each as what stands behind its name: `promises X in A, Y in B`.
 * @param names of the two policies
 */
export function modePhrases(
  { isIn, promises, onlyFirst, onlySecond }: ModeDifference,
  names: readonly [first: string, second: string],
): readonly string[] {
  const [a, b] = names;
  if (isIn !== "both") return [`is only in ${isIn === "first" ? a : b}`];
  return [
    ...promises.map(({ first, second }) =>
      first === null || second === null
        ? `promises \`${first ?? second}\` only in ${second === null ? a : b}`
        : `promises \`${first}\` in ${a}, \`${second}\` in ${b}`,
    ),
    ...(onlyFirst === null ? [] : [`takes ${onlyFirst} only in ${a}`]),
    ...(onlySecond === null ? [] : [`takes ${onlySecond} only in ${b}`]),
  ];
}
