import type { Kernel } from "../../model/kernels/kernel.ts";
import { perKernel } from "../../model/kernels/per-kernel.ts";

/** One object for each view, so that nobody compares its text. Flags that a file declares make views of their own. */
const views = new Map<string, string>();
const MOST_VIEWS = 256;

function sameObject(view: string): string {
  if (views.size >= MOST_VIEWS) views.clear();
  const known = views.get(view) ?? view;
  views.set(view, known);
  return known;
}

/**
 * All that a policy can see of a kernel as long as it asks nothing of the allocators: what flags are called and what
 * composites are made of, which scopes there are, the size of a page, and what a spinlock implies. Of kernels with one
 * view a policy says the same, word for word, and so does a mask.
 */
export const viewOf: (kernel: Kernel) => string = perKernel(
  ({ bits, exists, gfp, allBits, namedBits, designed, designedScopes, features, options }) =>
    sameObject(
      JSON.stringify([
        [bits, exists, gfp, allBits, namedBits, designed, designedScopes],
        [features.printOrder, options.pageBytes, options.PREEMPT_RT],
      ]),
    ),
);
