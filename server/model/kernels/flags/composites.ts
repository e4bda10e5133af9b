import type { CompositeName, FlagName } from "../../masks/mask.ts";

/**
 * What each composite of gfp_types.h expands to. GFP_TRANSHUGE and GFP_TRANSHUGE_LIGHT follow from
 * GFP_HIGHUSER_MOVABLE.
 */
export type CompositeTable = Readonly<
  Record<Exclude<CompositeName, "TRANSHUGE" | "TRANSHUGE_LIGHT">, readonly FlagName[]>
>;

const reclaim: readonly FlagName[] = ["DIRECT_RECLAIM", "KSWAPD_RECLAIM"];
const kernel: readonly FlagName[] = [...reclaim, "IO", "FS"];
const user: readonly FlagName[] = [...kernel, "HARDWALL"];
const highuser: readonly FlagName[] = [...user, "HIGHMEM"];

/** GFP_HIGHUSER_MOVABLE without the KASAN flags that releases add to it. */
export const highuserMovable: readonly FlagName[] = [...highuser, "MOVABLE"];

/** The composites of 4.19; releases override single ones. include/linux/gfp.h, 4.19.0. */
export const composites4_19: CompositeTable = {
  ATOMIC: ["HIGH", "ATOMIC", "KSWAPD_RECLAIM"],
  KERNEL: kernel,
  KERNEL_ACCOUNT: [...kernel, "ACCOUNT"],
  NOWAIT: ["KSWAPD_RECLAIM"],
  NOIO: reclaim,
  NOFS: [...reclaim, "IO"],
  USER: user,
  HIGHUSER: highuser,
  HIGHUSER_MOVABLE: highuserMovable,
  DMA: ["DMA"],
  DMA32: ["DMA32"],
  RECLAIM: reclaim,
  ZONEMASK: ["DMA", "HIGHMEM", "DMA32", "MOVABLE"],
};
