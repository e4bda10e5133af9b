import type { FlagTable } from "./table.ts";

/** Renumbered so that the common composites have small values: 5.1 to 5.13. */
export const flags5_1: FlagTable = {
  kind: "fixed",
  source:
    "include/linux/gfp.h, read in 5.4.85 and 5.10.106; 5.2 prints masks in this numbering; that 5.1 brought it is recalled",
  bitsShift: 23,
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
    { flag: "ATOMIC", value: 0x200 },
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
    { flag: "NOLOCKDEP", value: 0x800000, when: "LOCKDEP" },
  ],
};
