import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, type Mask } from "./mask.ts";
import { applied, type Choice } from "./mask-function.ts";

/** The names and literals that a mask was written with, in order; from a number alone, no names. */
export interface WrittenMask {
  /** `GFP_KERNEL`, `__GFP_NOTHING`, declared names resolved to what they stand for. */
  readonly names: readonly string[];
  /** A number other than 0. */
  readonly hasLiteral: boolean;
  /** Names that were cleared with `& ~`. */
  readonly cleared: readonly string[];
}

/**
 * A mask with a name of its own, under one kernel: an alias, a `#define`, a transform. Every operator works bit by bit,
 * so that a transform is known by its answers to the empty mask and to the full one: f(x) = (x & ones) | (~x & zero).
 * For a name without an argument the two are equal.
 */
export interface NamedMask {
  readonly takesArgument: boolean;
  readonly zero: Mask;
  readonly ones: Mask;
  /** Where `?:` decides what comes out: which cases there are. Null: none, and zero and ones say all. */
  readonly choice: Choice | null;
  /** There are more cases than are told apart; then it is not certain either. */
  readonly hasTooManyCases: boolean;
  readonly written: WrittenMask;
  readonly certain: boolean;
}

/** What the names of an expression are looked up in. Names that are not found there are the kernel's own. */
export interface MaskScope {
  readonly kernel: Kernel;
  /** Null: no name of its own. Must end: a name that leads back to itself is for the scope to find out. */
  readonly lookup: (name: string) => NamedMask | null;
}

/** The kernel's own names, and no others. */
export function kernelScope(kernel: Kernel): MaskScope {
  return { kernel, lookup: () => null };
}

const NOTHING_WRITTEN: WrittenMask = { names: [], hasLiteral: false, cleared: [] };

/** What a name is worth that leads back to itself, or that cannot be read. */
export const NO_MASK: NamedMask = {
  takesArgument: false,
  zero: EMPTY,
  ones: EMPTY,
  choice: null,
  hasTooManyCases: false,
  written: NOTHING_WRITTEN,
  certain: false,
};

/** What a name with an argument gives for a mask. */
export function applyTo(named: NamedMask, argument: Mask): Mask {
  return applied(named.choice ?? named, argument);
}
