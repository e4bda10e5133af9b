import type { FlagTable } from "./table.ts";

/** Without __GFP_ATOMIC, whose bit 0x200 stays unused: 6.3. */
export const flags6_3: FlagTable = {
  kind: "fixed",
  source:
    "include/linux/gfp_types.h; lies between 6.1.192 and 6.5-rc1, which were read; the release that removed ATOMIC is recalled",
  bitsShift: 27,
  bitsShiftGrowsWith: "LOCKDEP",
  flags: [
    { flag: "DMA", value: 0x1 },
    { flag: "HIGHMEM", value: 0x2 },
    { flag: "DMA32", value: 0x4 },
    { flag: "MOVABLE", value: 0x8 },
    { flag: "RECLAIMABLE", value: 0x10 },
    { flag: "HIGH", value: 0x20 },
    { flag: "IO", value: 0x40 },
    { flag: "FS", value: 0x80 },
    { flag: "ZERO", value: 0x100 },
    { flag: "DIRECT_RECLAIM", value: 0x400 },
    { flag: "KSWAPD_RECLAIM", value: 0x800 },
    { flag: "WRITE", value: 0x1000 },
    { flag: "NOWARN", value: 0x2000 },
    { flag: "RETRY_MAYFAIL", value: 0x4000 },
    { flag: "NOFAIL", value: 0x8000 },
    { flag: "NORETRY", value: 0x10000 },
    { flag: "MEMALLOC", value: 0x20000 },
    { flag: "COMP", value: 0x40000 },
    { flag: "NOMEMALLOC", value: 0x80000 },
    { flag: "HARDWALL", value: 0x100000 },
    { flag: "THISNODE", value: 0x200000 },
    { flag: "ACCOUNT", value: 0x400000 },
    { flag: "ZEROTAGS", value: 0x800000 },
    { flag: "SKIP_ZERO", value: 0x1000000, when: "KASAN_HW_TAGS" },
    { flag: "SKIP_KASAN_UNPOISON", value: 0x2000000, when: "KASAN_HW_TAGS" },
    { flag: "SKIP_KASAN_POISON", value: 0x4000000, when: "KASAN_HW_TAGS" },
    { flag: "NOLOCKDEP", value: 0x8000000, when: "LOCKDEP" },
  ],
};
