import type { Kernel } from "../kernels/kernel.ts";
import { contigRefused, contigTargetMask } from "../masks/contig.ts";
import { mask, type Mask } from "../masks/mask.ts";
import { pagesPlan, refuse, type Plan } from "./_plan.ts";

/**
 * The mask of migration targets: what the version takes from the caller, and GFP_USER | __GFP_MOVABLE |
 * __GFP_RETRY_MAYFAIL where it takes nothing (include/linux/migrate.h:new_page_nodemask to 5.8, mm/page_alloc.c after).
 */
export function migrationTargetMask(kernel: Kernel, caller: Mask): Mask {
  const { bits, gfp } = kernel;
  return contigTargetMask(kernel, caller) ?? mask(gfp.USER | bits.MOVABLE | bits.RETRY_MAYFAIL);
}

/**
 * A range allocation: the only pages it asks the page allocator for are migration targets, order 0. It isolates, drains
 * and migrates, so it sleeps and can fail whatever the mask.
 */
export function planContig(kernel: Kernel, caller: Mask): Plan {
  const plan = pagesPlan(migrationTargetMask(kernel, caller), 0, false);
  plan.sleeps = true;
  plan.fails = true;
  if ((caller & kernel.bits.NOWARN) === 0) plan.warns = "may";
  return contigRefused(kernel, caller) !== 0 ? refuse(plan, "never") : plan;
}
