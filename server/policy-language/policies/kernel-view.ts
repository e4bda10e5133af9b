import type { Kernel } from "../../model/kernels/kernel.ts";
import { perKernel } from "../../model/kernels/per-kernel.ts";

/**
 * All that a policy can see of a kernel as long as it asks nothing of the allocators: what flags are called and what
 * composites are made of, which scopes there are, the size of a page, and what a spinlock implies. Of kernels with one
 * view a policy says the same, word for word.
 */
export const viewOf: (kernel: Kernel) => string = perKernel(
  ({ bits, exists, gfp, allBits, namedBits, designed, designedScopes, features, options }) =>
    JSON.stringify([
      [bits, exists, gfp, allBits, namedBits, designed, designedScopes],
      [features.printOrder, options.pageBytes, options.PREEMPT_RT],
    ]),
);
