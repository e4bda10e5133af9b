/** A gfp_t value: an unsigned integer below 2^32. */
export type Mask = number & { readonly __gfp: never };

/** All flags that any known version has, without `__GFP_`. `ATOMIC` is the flag that 6.3 removed, not the composite GFP_ATOMIC. */
export const FLAG_NAMES = [
  "DMA",
  "HIGHMEM",
  "DMA32",
  "MOVABLE",
  "RECLAIMABLE",
  "HIGH",
  "IO",
  "FS",
  "ZERO",
  "ATOMIC",
  "DIRECT_RECLAIM",
  "KSWAPD_RECLAIM",
  "WRITE",
  "NOWARN",
  "RETRY_MAYFAIL",
  "NOFAIL",
  "NORETRY",
  "MEMALLOC",
  "COMP",
  "NOMEMALLOC",
  "HARDWALL",
  "THISNODE",
  "ACCOUNT",
  "ZEROTAGS",
  "SKIP_ZERO",
  "SKIP_KASAN",
  "SKIP_KASAN_UNPOISON",
  "SKIP_KASAN_POISON",
  "NOLOCKDEP",
  "NO_OBJ_EXT",
] as const;
export type FlagName = (typeof FLAG_NAMES)[number];

/** All composites of gfp_types.h, without `GFP_`; `RECLAIM` is `__GFP_RECLAIM`, `ZONEMASK` is `GFP_ZONEMASK`. */
export const COMPOSITE_NAMES = [
  "ATOMIC",
  "KERNEL",
  "KERNEL_ACCOUNT",
  "NOWAIT",
  "NOIO",
  "NOFS",
  "USER",
  "HIGHUSER",
  "HIGHUSER_MOVABLE",
  "TRANSHUGE_LIGHT",
  "TRANSHUGE",
  "DMA",
  "DMA32",
  "RECLAIM",
  "ZONEMASK",
] as const;
export type CompositeName = (typeof COMPOSITE_NAMES)[number];

/** Takes any number as a mask: the low 32 bits. */
export function mask(value: number): Mask {
  return (value >>> 0) as Mask;
}

export const EMPTY: Mask = mask(0);

/** The mask in hexadecimal, `0xcc0`. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
