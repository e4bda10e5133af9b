import type { Mask as MaskNode, Predicate } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { maskTestsOf } from "../../policy-language/policies/predicates/leaves.ts";
import { evaluateMask } from "../../policy-language/requests/masks.ts";
import { FALSE, type Node } from "../../policy-language/symbolic/node.ts";
import { type Space, maskLevel, maskVariables } from "../../policy-language/symbolic/space.ts";

// Which bits of the mask a rule or a set of requests hangs on.

/** All of the bits are set. */
export function withAll(space: Space, bits: Mask): Node {
  return space.bdd.and(...levelsOf(space, bits).map((level) => space.bdd.variable(level)));
}

/** Where a diagram asks for the bits. */
export function levelsOf(space: Space, bits: Mask): readonly number[] {
  return maskVariables(bits).map((bit) => maskLevel(space, bit));
}

/** Some request of the mode is in it only because of these bits: without them it would not be. */
export function decides(space: Space, selected: Node, withIt: Node, bits: Mask): boolean {
  const { bdd } = space;
  const unset = levelsOf(space, bits).reduce<Node>((node, level) => bdd.restrict(node, level, false), selected);
  return bdd.without(withIt, unset) !== FALSE;
}

/** Whether a condition is written with some of the bits. */
export function namesBits(environment: Environment, kernel: Kernel, predicate: Predicate, bits: Mask): boolean {
  return (
    (maskTestsOf(predicate).reduce((all, test) => all | evaluateMask(environment, kernel, test.mask).mask, 0) &
      bits) !==
    0
  );
}

/** The bits that masks name. */
export function clauseBits(environment: Environment, kernel: Kernel, masks: readonly MaskNode[]): number {
  return masks.reduce((all, node) => all | evaluateMask(environment, kernel, node).mask, 0);
}
