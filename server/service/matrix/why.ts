import { type Mask, mask } from "../../model/masks/mask.ts";
import { flagText, flagsIn } from "../../model/masks/names.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { listText } from "../../policy-language/findings/report.ts";
import { type ClauseSet, type PolicySet, predicatesOf } from "../../policy-language/policies/policy-set.ts";
import type { PolicyClause } from "../../policy-language/policies/resolved-policy.ts";
import type { Fixed } from "../../policy-language/symbolic/bdd.ts";
import { FALSE, type Node } from "../../policy-language/symbolic/node.ts";
import { type Space, fixedBits } from "../../policy-language/symbolic/space.ts";
import { namesBits } from "./bits.ts";
import { type Mode, inMode } from "./mode.ts";
import { because, them } from "./phrases.ts";

// Why a mode never, always or only sometimes has a flag: the rule that decides it.

/** A reason, and where it is written. */
export interface Why {
  readonly reason: string;
  readonly rule: PolicyClause | null;
}

/** Why no mask of the mode has the bits: the rule that takes them all, or the mode's own condition. */
export function whyNone(environment: Environment, set: PolicySet, mode: Mode, bits: Mask, has: Node): Why {
  if (!mode.column.reachable)
    return { reason: "no mask that the policy takes selects this mode", rule: mode.source?.source ?? null };
  const why = whyNever(environment, set, mode, bits, has);
  if (why === null)
    return { reason: "the rules together leave no such mask", rule: firstAgainst(set, inMode(set, mode, has)) };
  return { ...why, reason: `a mask with ${them(bits)} ${why.reason}` };
}

/** Why every mask of the mode has the bits: the rule that refuses those without, or the mode's own condition. */
export function whyAlways(environment: Environment, set: PolicySet, mode: Mode, bits: Mask, has: Node): Why {
  const lacks = set.space.bdd.not(has);
  const why = whyNever(environment, set, mode, bits, lacks);
  if (why === null)
    return {
      reason: `the rules together leave no mask without ${them(bits)}`,
      rule: firstAgainst(set, inMode(set, mode, lacks)),
    };
  return { ...why, reason: `a mask without ${them(bits)} ${why.reason}` };
}

/**
 * What keeps all masks of a condition out, as what such a mask does: one rule for every mode, the mode's own condition,
 * one rule for this mode.
 */
function whyNever(environment: Environment, set: PolicySet, mode: Mode, bits: Mask, condition: Node): Why | null {
  return (
    refusing(environment, set, set.space.bdd.and(set.space.domain, condition), bits) ??
    elsewhere(set, mode, condition) ??
    refusing(environment, set, inMode(set, mode, condition), bits)
  );
}

/** One rule that refuses all of these requests. */
function refusing(environment: Environment, { clauses, space }: PolicySet, requests: Node, bits: Mask): Why | null {
  const { bdd } = space;
  const forbid = clauses.find(({ source, set }) => source.clause.kind === "forbid" && bdd.implies(requests, set));
  if (forbid !== undefined) return { reason: `is forbidden${because(forbid.source.clause)}`, rule: forbid.source };
  const require = clauses.find(
    ({ source, set, when }) =>
      source.clause.kind === "require" && bdd.and(requests, bdd.or(set, bdd.not(when))) === FALSE,
  );
  if (require !== undefined)
    return { reason: `is against a \`require\`${because(require.source.clause)}`, rule: require.source };
  const allows = clauses.filter(({ source }) => source.clause.kind === "allow");
  const [first] = allows;
  if (first === undefined || bdd.and(requests, bdd.or(...allows.map(({ set }) => set))) !== FALSE) return null;
  // Of several the one that names it, if any does: its other conditions keep it out.
  const naming =
    allows.find(({ source }) =>
      predicatesOf(source.clause).some((predicate) => namesBits(environment, space.kernel, predicate, bits)),
    ) ?? first;
  return {
    reason: `${allows.length === 1 ? "is outside of `allow`" : "is outside of every `allow`"}${because(naming.source.clause)}`,
    rule: naming.source,
  };
}

/** The mode's own condition keeps these masks out; of `otherwise`, the mode that takes them. */
function elsewhere(set: PolicySet, mode: Mode, condition: Node): Why | null {
  if (mode.source === null || inMode(set, mode, condition) !== FALSE) return null;
  const { bdd, domain } = set.space;
  const { source } = mode.source;
  const taker =
    source.clause.when === null
      ? set.modes.find(
          (other) => other.source.clause.when !== null && bdd.implies(bdd.and(domain, condition), other.set),
        )
      : undefined;
  if (taker !== undefined)
    return { reason: `selects \`${taker.source.clause.name?.text ?? ""}\` instead`, rule: taker.source };
  return { reason: "does not select this mode", rule: source };
}

function firstAgainst({ clauses, space }: PolicySet, requests: Node): PolicyClause | null {
  return (
    clauses.find(
      ({ source, set }: ClauseSet) => source.clause.kind === "forbid" && space.bdd.and(requests, set) !== FALSE,
    )?.source ?? null
  );
}

/** The flags that it cannot go with, or cannot do without, though the mode can. */
export function companions(space: Space, inMode: Fixed, withIt: Node, bits: Mask): string {
  const { kernel } = space;
  const { ones, zeros } = fixedBits(space, withIt);
  const needed = flagsIn(kernel, mask(ones & ~inMode.ones & ~bits)).map(flagText);
  const never = flagsIn(kernel, mask(zeros & ~inMode.zeros & ~bits)).map(flagText);
  const few = (names: readonly string[], word: string): string =>
    names.length > 3 ? `${names.length} others` : listText(names, word);
  return [
    ...(needed.length > 0 ? [`only with ${few(needed, "and")}`] : []),
    ...(never.length > 0 ? [`not with ${few(never, "or")}`] : []),
  ].join(", ");
}
