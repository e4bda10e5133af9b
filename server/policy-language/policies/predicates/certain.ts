import type { Mask as MaskNode, Predicate } from "../../../../grammar/ast.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import type { Mask } from "../../../model/masks/mask.ts";
import { contextNamed } from "../../requests/contexts.ts";
import type { Environment } from "../../analysis/environment.ts";
import { evaluateMask } from "../../requests/masks.ts";
import { leavesOf, type Leaf } from "./leaves.ts";
import { limitBytes } from "./sizes.ts";

/** Every part of the predicate is readable and means something: all else is left out of reasoning over all masks. */
export function isCertain(environment: Environment, kernel: Kernel, predicate: Predicate): boolean {
  return leavesOf(predicate).every((leaf) => isCertainLeaf(environment, kernel, leaf));
}

function isCertainLeaf(environment: Environment, kernel: Kernel, leaf: Leaf): boolean {
  switch (leaf.kind) {
    case "mask":
      return certainMask(environment, kernel, leaf.mask) !== null;
    case "in":
      return leaf.context !== null && contextNamed(environment, leaf.context.text) !== null;
    case "measure":
      return limitBytes(kernel, leaf) !== null;
    case "model":
      return true;
    case "missing":
      return false;
  }
}

/** The mask of a test; null where a name of it is not known to this kernel. */
export function certainMask(environment: Environment, kernel: Kernel, node: MaskNode): Mask | null {
  const value = evaluateMask(environment, kernel, node);
  return value.certain ? value.mask : null;
}
