import { mask, type Mask } from "../masks/mask.ts";
import type { Kernel } from "./kernel.ts";

/** Kernels that are kept for each one: names are typed letter by letter, and most of what is typed returns. */
const KEPT = 32;
const made = new WeakMap<Kernel, Map<string, Kernel>>();

/** What a file declares and no kernel has: flags and scopes, by name. */
export interface Design {
  readonly flags: readonly string[];
  readonly scopes: readonly string[];
}

/** A task has 32 bits of flags (PF_*, include/linux/sched.h), so that no design has more scopes. */
const MOST_SCOPES = 32;

/**
 * The kernel with flags that it does not have yet: each name is given a bit that the kernel has no use for, from the
 * highest down. What the kernel does stays what it is: it takes them for unknown bits, and passes the scopes by. Flags
 * beyond the bits that are left have none (`designed` lacks them), nor do scopes beyond MOST_SCOPES (`designedScopes`
 * lacks them). Equal arguments give the same object.
 */
export function withDesigned(kernel: Kernel, design: Design): Kernel {
  const sorted = [...new Set(design.flags)].sort();
  const scopes = [...new Set(design.scopes)].sort();
  if (sorted.length + scopes.length === 0) return kernel;
  const known = made.get(kernel) ?? new Map<string, Kernel>();
  made.set(kernel, known);
  const key = `${sorted.join(" ")}, ${scopes.join(" ")}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= KEPT) known.clear();
  const free = freeBits(kernel);
  const designed = Object.fromEntries(
    sorted.flatMap((name, index) => {
      const bit = free[index];
      return bit === undefined ? [] : [[name, bit] as const];
    }),
  );
  const extended: Kernel = { ...kernel, designed, designedScopes: scopes.slice(0, MOST_SCOPES) };
  known.set(key, extended);
  return extended;
}

/** The bits of a 32-bit mask that the kernel defines nothing for, the highest first. */
function freeBits(kernel: Kernel): readonly Mask[] {
  return Array.from({ length: 32 }, (_, index) => mask(2 ** (31 - index))).filter(
    (bit) => ((kernel.allBits | kernel.namedBits) & bit) === 0,
  );
}

/** The bits of the designed flags. */
export const designedBits = ({ designed }: Kernel): Mask =>
  Object.values(designed).reduce((all, bit) => mask(all | bit), mask(0));

/** The bits that a mask can be written with: those of the kernel, and those of designed flags. */
export const writableBits = (kernel: Kernel): Mask => mask(kernel.allBits | designedBits(kernel));
