import type { FlagTable } from "./table.ts";

/** NO_OBJ_EXT no longer depends on SLAB_OBJ_EXT: 6.19 on. */
export const flags6_19: FlagTable = {
  kind: "enum",
  source:
    "include/linux/gfp_types.h, read in the 2026 development tree; that 6.19 is the first release is recalled (6.19 or 7.0)",
  flags: [
    { flag: "DMA" },
    { flag: "HIGHMEM" },
    { flag: "DMA32" },
    { flag: "MOVABLE" },
    { flag: "RECLAIMABLE" },
    { flag: "HIGH" },
    { flag: "IO" },
    { flag: "FS" },
    { flag: "ZERO" },
    { flag: null },
    { flag: "DIRECT_RECLAIM" },
    { flag: "KSWAPD_RECLAIM" },
    { flag: "WRITE" },
    { flag: "NOWARN" },
    { flag: "RETRY_MAYFAIL" },
    { flag: "NOFAIL" },
    { flag: "NORETRY" },
    { flag: "MEMALLOC" },
    { flag: "COMP" },
    { flag: "NOMEMALLOC" },
    { flag: "HARDWALL" },
    { flag: "THISNODE" },
    { flag: "ACCOUNT" },
    { flag: "ZEROTAGS" },
    { flag: "SKIP_ZERO", when: "KASAN_HW_TAGS" },
    { flag: "SKIP_KASAN", when: "KASAN_HW_TAGS" },
    { flag: "NOLOCKDEP", when: "LOCKDEP" },
    { flag: "NO_OBJ_EXT" },
  ],
};
