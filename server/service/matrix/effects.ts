import type { Mask } from "../../model/masks/mask.ts";
import type { PolicySet } from "../../policy-language/policies/policy-set.ts";
import type { PolicyClause } from "../../policy-language/policies/resolved-policy.ts";
import { FALSE, type Node, TRUE } from "../../policy-language/symbolic/node.ts";
import { levelsOf } from "./bits.ts";
import type { Mode } from "./mode.ts";

/** What setting the bits changes about a rule, whatever the mode. */
export interface Effects {
  readonly rule: PolicyClause;
  /** The requests that the rule treats one way with the bits and another way without them. */
  readonly changed: Node;
  /** It refuses: a `warn` only warns. */
  readonly refuses: boolean;
}

/** The rules for which the bits make a difference. */
export function effectsOf({ clauses, space }: PolicySet, bits: Mask): readonly Effects[] {
  const { bdd } = space;
  const levels = levelsOf(space, bits);
  const setTo = (node: Node, value: boolean): Node =>
    levels.reduce<Node>((rest, level) => bdd.restrict(rest, level, value), node);
  const changedBy = (refused: Node): Node => {
    const [without, withThem] = [setTo(refused, false), setTo(refused, true)];
    return without === withThem ? FALSE : bdd.and(space.domain, bdd.xor(without, withThem));
  };
  const effects = clauses.flatMap(({ source, set, when }): readonly Effects[] => {
    const { kind } = source.clause;
    if (kind === "allow") return [];
    const changed = changedBy(kind === "require" ? bdd.without(when, set) : set);
    return changed === FALSE ? [] : [{ rule: source, changed, refuses: kind !== "warn" }];
  });
  const allows = clauses.filter(({ source }) => source.clause.kind === "allow");
  const [first] = allows;
  const changed = first === undefined ? FALSE : changedBy(bdd.not(bdd.or(...allows.map(({ set }) => set))));
  if (first === undefined || changed === FALSE) return effects;
  const naming = allows.find(({ set }) => changedBy(set) !== FALSE) ?? first;
  return [...effects, { rule: naming.source, changed, refuses: true }];
}

/**
 * The rules that speak of the bits in this mode, and whether requests of it are taken with them and not without, or the
 * other way round.
 */
export function speakingOf(
  { space, taken: takenOf }: PolicySet,
  mode: Mode,
  bits: Mask,
  effects: readonly Effects[],
): { readonly speaking: readonly PolicyClause[]; readonly conditional: boolean } {
  const { bdd } = space;
  const levels = levelsOf(space, bits);
  const either = (node: Node): readonly [Node, Node] => [
    levels.reduce<Node>((rest, level) => bdd.restrict(rest, level, false), node),
    levels.reduce<Node>((rest, level) => bdd.restrict(rest, level, true), node),
  ];
  const stays = mode.source === null ? space.domain : bdd.and(space.domain, ...either(mode.source.set));
  const [without, withThem] = either(takenOf(TRUE));
  const decided = bdd.and(stays, bdd.xor(without, withThem));
  const taken = bdd.and(stays, bdd.or(without, withThem));
  const speaking = effects
    .filter(({ changed, refuses }) => bdd.and(changed, refuses ? decided : taken) !== FALSE)
    .map(({ rule }) => rule);
  return { speaking, conditional: decided !== FALSE };
}
