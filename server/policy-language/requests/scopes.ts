import { mask, type Mask } from "../../model/masks/mask.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Environment } from "../analysis/environment.ts";
import { evaluateMask } from "./masks.ts";

/** What declared scopes do to the mask of a request that is made in them. */
export interface ScopeEffect {
  readonly clears: Mask;
  readonly adds: Mask;
  /** Every part of what they do is known. */
  readonly certain: boolean;
}

const NO_EFFECT: ScopeEffect = { clears: mask(0), adds: mask(0), certain: true };

/**
 * What these scopes do together under one kernel: all that they clear is cleared, then all that they add is added, in
 * whatever order they were entered. A name that is no declared scope does nothing.
 */
export function effectOfScopes(environment: Environment, kernel: Kernel, names: readonly string[]): ScopeEffect {
  if (names.length === 0) return NO_EFFECT;
  let clears = 0;
  let adds = 0;
  let certain = true;
  for (const name of names) {
    const declaration = environment.lookup("context", name)?.declaration;
    if (declaration?.kind !== "scope") continue;
    for (const item of declaration.items) {
      const value = evaluateMask(environment, kernel, item.mask);
      certain &&= value.certain;
      if (item.kind === "clears") clears |= value.mask;
      else adds |= value.mask;
    }
  }
  return { clears: mask(clears), adds: mask(adds), certain };
}

/** The mask as the scopes leave it. */
export const inScopes = (effect: ScopeEffect, value: Mask): Mask => mask((value & ~effect.clears) | effect.adds);
