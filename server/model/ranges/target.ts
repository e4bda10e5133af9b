import type { Kernel, ZoneName } from "../kernels/kernel.ts";
import { contigTargetMask } from "../masks/contig.ts";
import { mask, type Mask } from "../masks/mask.ts";

/**
 * The mask of migration targets: what the version takes from the caller, and GFP_USER | __GFP_MOVABLE |
 * __GFP_RETRY_MAYFAIL where it takes nothing (include/linux/migrate.h:new_page_nodemask to 5.8, mm/page_alloc.c after).
 */
export function migrationTargetMask(kernel: Kernel, caller: Mask): Mask {
  const { bits, gfp } = kernel;
  return contigTargetMask(kernel, caller) ?? mask(gfp.USER | bits.MOVABLE | bits.RETRY_MAYFAIL);
}

/**
 * What the targets of pages in a zone are asked for with: movable pages may go to HighMem and Movable only from there
 * (mm/migrate.c:alloc_migration_target).
 */
export function targetMaskFrom(kernel: Kernel, caller: Mask, zone: ZoneName): Mask {
  const { bits, features } = kernel;
  const high = zone === "HighMem" || zone === "Movable" ? bits.HIGHMEM : 0;
  return mask(migrationTargetMask(kernel, caller) | high | (features.hasFolioAlloc ? bits.COMP : 0));
}
