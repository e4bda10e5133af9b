import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "./mask.ts";

/** The bits that alloc_contig_range() takes no notice of: where the memory lies is given by the range. */
export function contigIgnored(kernel: Kernel): Mask {
  const { bits, gfp } = kernel;
  return mask(gfp.ZONEMASK | bits.RECLAIMABLE | bits.WRITE | bits.HARDWALL | bits.THISNODE);
}

/** The bits that alloc_contig_range() acts on, where it verifies the mask. */
function contigAllowed(kernel: Kernel): Mask {
  const { bits, features, gfp } = kernel;
  return mask(
    gfp.RECLAIM |
      bits.IO |
      bits.FS |
      bits.COMP |
      bits.RETRY_MAYFAIL |
      bits.NOWARN |
      bits.ZERO |
      bits.ZEROTAGS |
      bits.SKIP_ZERO |
      bits.SKIP_KASAN |
      (features.contigNoretryFastMode ? bits.NORETRY : 0),
  );
}

/** The bits of the mask that make the call fail with -EINVAL; none where the version does not verify. */
export function contigRefused(kernel: Kernel, value: Mask): Mask {
  if (!kernel.features.contigVerifiesMask) return mask(0);
  return mask(value & ~(contigIgnored(kernel) | contigAllowed(kernel)));
}

/**
 * The mask that migration targets are allocated with: __alloc_contig_verify_gfp_mask() (6.14+, 6.12.117) keeps IO, FS,
 * the reclaim bits and NOWARN of the caller and adds MOVABLE and RETRY_MAYFAIL; before, __alloc_contig_migrate_range()
 * used GFP_USER|__GFP_MOVABLE|__GFP_RETRY_MAYFAIL whatever the caller asked. To 5.8 new_page_nodemask() chose for
 * itself. mm/page_alloc.c. Null where the mask is refused, or where the version does not fix it.
 */
export function contigTargetMask(kernel: Kernel, value: Mask): Mask | null {
  const { bits, features, gfp } = kernel;
  switch (features.contigTargetMask) {
    case "default":
      return null;
    case "hard-coded":
      return mask(gfp.USER | bits.MOVABLE | bits.RETRY_MAYFAIL);
    case "from-caller": {
      if (contigRefused(kernel, value) !== 0) return null;
      const kept = value & (gfp.RECLAIM | bits.IO | bits.FS | bits.NOWARN);
      const effort = features.contigNoretryFastMode && (value & bits.NORETRY) !== 0 ? bits.NORETRY : bits.RETRY_MAYFAIL;
      return mask(kept | bits.MOVABLE | effort | (features.contigForcesHardwall ? bits.HARDWALL : 0));
    }
  }
}
