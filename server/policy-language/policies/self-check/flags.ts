import type { Mask as MaskNode } from "../../../../grammar/ast.ts";
import { mask } from "../../../model/masks/mask.ts";
import { flagsIn, flagText } from "../../../model/masks/names.ts";
import type { Environment } from "../../analysis/environment.ts";
import { internalStageFlag, policyDeadFlag } from "../../findings/policies.ts";
import { evaluateMask } from "../../requests/masks.ts";
import { FALSE } from "../../symbolic/node.ts";
import { anyMask } from "../../symbolic/space.ts";
import type { PolicySet } from "../policy-set.ts";
import { maskTestsOf } from "../predicates/leaves.ts";
import { mark, type Mark } from "./marks.ts";

/** Flags that the policy lets through and no stage honours, or only one that is internal. */
export function flagMarks(environment: Environment, set: PolicySet): readonly Mark[] {
  const { policy, kernel } = set;
  const stages = policy.clauses.flatMap(({ clause }) => (clause.kind === "stage" ? [clause] : []));
  if (stages.length === 0) return [];
  const bitsOf = (masks: readonly MaskNode[]): number =>
    masks.reduce((all, node) => all | evaluateMask(environment, kernel, node).mask, 0);
  const honoured = stages.reduce((all, stage) => all | bitsOf(stage.honours), 0);
  const outside = stages.reduce((all, stage) => (stage.internal ? all : all | bitsOf(stage.honours)), 0);
  const ignored = policy.clauses.reduce(
    (all, { clause }) => (clause.kind === "ignore" ? all | bitsOf(clause.masks) : all),
    0,
  );
  const input = anyMask(set.space);
  const isReachable = (bit: number): boolean => set.space.bdd.meet(input[bit] ?? FALSE, ...set.conditions);
  const reachable = set.space.maskBits.filter(isReachable).reduce((all, bit) => all | (1 << bit), 0);
  const reported = new Set<string>();
  return policy.clauses.flatMap(({ clause, owner }) => {
    if (clause.kind !== "allow") return [];
    return maskTestsOf(clause.predicate).flatMap((test) => {
      if (test.test === "lacks") return [];
      return evaluateMask(environment, kernel, test.mask).parts.flatMap((part) => {
        const carried = part.carries & kernel.namedBits & ~ignored & reachable;
        const dead = carried & ~honoured;
        const internal = carried & honoured & ~outside;
        if (part.negated || reported.has(part.text)) return [];
        if (dead !== 0) {
          reported.add(part.text);
          const flags = flagsIn(kernel, mask(dead)).map(flagText).join(", ");
          const message = `The policy allows ${flags}, and no stage honours it: name the stage that reads it, or say \`ignore\`.`;
          return [mark(policyDeadFlag, message, owner, part.span, [])];
        }
        if (internal !== 0) {
          reported.add(part.text);
          const names = stages
            .filter((stage) => stage.internal && (bitsOf(stage.honours) & internal) !== 0)
            .map((stage) => `\`${stage.name?.text ?? ""}\``);
          const message = `Only the internal stage ${names.join(" and ")} honours ${part.text}: callers set what they should not need to know.`;
          return [mark(internalStageFlag, message, owner, part.span, [])];
        }
        return [];
      });
    });
  });
}
