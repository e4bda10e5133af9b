import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "./mask.ts";

/**
 * The bits that a nolock call takes without a VM_WARN_ON_ONCE, that of objects or that of pages: what its caller
 * decides, and where the version has it so, what the call sets itself (mm/slub.c:kmalloc_nolock,
 * mm/page_alloc.c:gfp_nolock).
 */
export function nolockExpects({ bits, features }: Kernel, ofObjects: boolean): Mask {
  const takes = features.nolockTakesItsOwnFlags;
  if (ofObjects) {
    const own = takes === "none" ? 0 : bits.NOWARN | bits.NOMEMALLOC;
    return mask(bits.ACCOUNT | bits.ZERO | bits.NO_OBJ_EXT | own);
  }
  const own = takes === "both" ? bits.NOWARN | bits.ZERO | bits.NOMEMALLOC | bits.COMP : 0;
  return mask(bits.ACCOUNT | own);
}
