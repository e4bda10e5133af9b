import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask, type FlagName, type Mask } from "../masks/mask.ts";
import type { MaskTreatment, Note } from "./api.ts";

export interface TreatmentParts {
  readonly forced?: Mask;
  readonly cleared?: Mask;
  readonly clearedWithWarning?: Mask;
  readonly ignored?: Mask;
  readonly refused?: Mask;
  readonly notes?: readonly Note[];
}

/** A treatment with what is left out empty. */
export function treatmentOf(parts: TreatmentParts): MaskTreatment {
  return {
    forced: parts.forced ?? EMPTY,
    cleared: parts.cleared ?? EMPTY,
    clearedWithWarning: parts.clearedWithWarning ?? EMPTY,
    ignored: parts.ignored ?? EMPTY,
    refused: parts.refused ?? EMPTY,
    notes: parts.notes ?? [],
  };
}

/** The union of flags in this kernel; flags that it does not have add nothing. */
export function bitsOf(kernel: Kernel, ...names: readonly FlagName[]): Mask {
  let bits = 0;
  for (const name of names) bits |= kernel.bits[name];
  return mask(bits);
}

/** All of the kernel's bits but these. */
export function allBut(kernel: Kernel, kept: Mask): Mask {
  return mask(kernel.allBits & ~kept);
}

/** What every call that ends in `__alloc_pages` shares. */
export const PAGES_NOTES: readonly Note[] = [
  {
    text: "The order may not be above MAX_PAGE_ORDER (10 with 4 KiB pages): the call returns NULL, with a WARN unless __GFP_NOWARN is set.",
    evidence: "mm/page_alloc.c:__alloc_pages",
  },
  {
    text: "With cpusets enabled the first try behaves as if __GFP_HARDWALL were set; in interrupt cpusets are ignored.",
    evidence: "mm/page_alloc.c:prepare_alloc_pages",
  },
];
