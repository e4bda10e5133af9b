import type { OlderChange } from "./header.ts";

const WAITING = ["__GFP_WAIT"];
const KERNEL_WAITING = [...WAITING, "__GFP_IO", "__GFP_FS"];
const HIGHUSER_WAITING = [...KERNEL_WAITING, "__GFP_HARDWALL", "__GFP_HIGHMEM"];
const THP = ["__GFP_COMP", "__GFP_NOMEMALLOC", "__GFP_NOWARN"];

const FIRST = {
  GFP_HIGHUSER_MOVABLE: [...HIGHUSER_WAITING, "__GFP_MOVABLE"],
  GFP_HIGHUSER: HIGHUSER_WAITING,
  GFP_USER: [...KERNEL_WAITING, "__GFP_HARDWALL"],
  GFP_TEMPORARY: [...KERNEL_WAITING, "__GFP_RECLAIMABLE"],
  GFP_KERNEL: KERNEL_WAITING,
  GFP_NOFS: [...WAITING, "__GFP_IO"],
  GFP_ATOMIC: ["__GFP_HIGH"],
  GFP_NOIO: WAITING,
  GFP_NOWAIT: [],
  GFP_DMA: ["__GFP_DMA"],
  GFP_DMA32: ["__GFP_DMA32"],
};

const RECLAIM = ["__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM"];
const KERNEL = [...RECLAIM, "__GFP_IO", "__GFP_FS"];
const USER = [...KERNEL, "__GFP_HARDWALL"];
const HIGHUSER_MOVABLE = [...USER, "__GFP_HIGHMEM", "__GFP_MOVABLE"];
const withoutReclaim = HIGHUSER_MOVABLE.filter((flag) => !RECLAIM.includes(flag));

const SPLIT = {
  GFP_HIGHUSER_MOVABLE: HIGHUSER_MOVABLE,
  GFP_HIGHUSER: [...USER, "__GFP_HIGHMEM"],
  GFP_USER: USER,
  GFP_TEMPORARY: [...KERNEL, "__GFP_RECLAIMABLE"],
  GFP_KERNEL: KERNEL,
  GFP_NOFS: [...RECLAIM, "__GFP_IO"],
  GFP_ATOMIC: ["__GFP_HIGH", "__GFP_ATOMIC", "__GFP_KSWAPD_RECLAIM"],
  GFP_NOIO: RECLAIM,
  GFP_NOWAIT: ["__GFP_KSWAPD_RECLAIM"],
  GFP_DMA: ["__GFP_DMA"],
  GFP_DMA32: ["__GFP_DMA32"],
  __GFP_RECLAIM: RECLAIM,
};

const ACCOUNTING = { ...SPLIT, GFP_KERNEL_ACCOUNT: [...KERNEL, "__GFP_ACCOUNT"] };

const HUGE = {
  GFP_TRANSHUGE: [...withoutReclaim, ...THP, "__GFP_DIRECT_RECLAIM"],
  GFP_TRANSHUGE_LIGHT: [...withoutReclaim, ...THP],
  ...ACCOUNTING,
};

const { GFP_TEMPORARY: _, ...HUGE_WITHOUT_TEMPORARY } = HUGE;

/** include/linux/gfp.h from 2.6.32 on, oldest first, up to the release before the model begins. */
export const OLDER_CHANGES: readonly OlderChange[] = [
  {
    since: "2.6.32",
    source: "recalled; its values are those of a 3.0 tree that was read, and its masks were seen in logs",
    features: { highOrderWatermark: "shrinks-by-order" },
    options: { COMPACTION: false },
    flags: {
      __GFP_DMA: 0x1,
      __GFP_HIGHMEM: 0x2,
      __GFP_DMA32: 0x4,
      __GFP_MOVABLE: 0x8,
      __GFP_WAIT: 0x10,
      __GFP_HIGH: 0x20,
      __GFP_IO: 0x40,
      __GFP_FS: 0x80,
      __GFP_COLD: 0x100,
      __GFP_NOWARN: 0x200,
      __GFP_REPEAT: 0x400,
      __GFP_NOFAIL: 0x800,
      __GFP_NORETRY: 0x1000,
      __GFP_COMP: 0x4000,
      __GFP_ZERO: 0x8000,
      __GFP_NOMEMALLOC: 0x10000,
      __GFP_HARDWALL: 0x20000,
      __GFP_THISNODE: 0x40000,
      __GFP_RECLAIMABLE: 0x80000,
      __GFP_NOTRACK: 0x200000,
    },
    composites: FIRST,
  },
  { since: "2.6.35", source: "the flags of 2.6.32; compaction recalled", options: {} },
  {
    since: "2.6.38",
    source: "read in a 3.0 tree; first release recalled",
    flags: { __GFP_NO_KSWAPD: 0x400000 },
    composites: {
      GFP_TRANSHUGE: [...FIRST.GFP_HIGHUSER_MOVABLE, ...THP, "__GFP_NORETRY", "__GFP_NO_KSWAPD"],
      ...FIRST,
    },
  },
  {
    since: "2.6.39",
    source: "read in a 3.0 tree; first release recalled",
    flags: { __GFP_OTHER_NODE: 0x800000 },
  },
  {
    since: "3.3",
    source: "read in a 3.10 tree; first release recalled",
    flags: { __GFP_WRITE: 0x1000000 },
  },
  {
    since: "3.6",
    source: "read in a 3.10 tree; first release recalled",
    flags: { __GFP_MEMALLOC: 0x2000 },
  },
  {
    since: "3.8",
    source: "read in a 3.10 tree; first release recalled",
    flags: { __GFP_KMEMCG: 0x100000 },
  },
  { since: "3.16", source: "recalled", without: ["__GFP_KMEMCG"] },
  { since: "4.1", source: "recalled", flags: { __GFP_NOACCOUNT: 0x100000 } },
  {
    since: "4.4",
    source: "read in the patch that split __GFP_WAIT and in a 4.9 tree; first release recalled",
    features: {},
    without: ["__GFP_WAIT", "__GFP_NO_KSWAPD"],
    flags: {
      __GFP_RECLAIMABLE: 0x10,
      __GFP_ATOMIC: 0x80000,
      __GFP_DIRECT_RECLAIM: 0x400000,
      __GFP_KSWAPD_RECLAIM: 0x2000000,
    },
    composites: {
      GFP_TRANSHUGE: [...withoutReclaim, ...THP, "__GFP_NORETRY", "__GFP_DIRECT_RECLAIM"],
      ...SPLIT,
    },
  },
  {
    since: "4.5",
    source: "read in a 4.9 tree; first release recalled",
    without: ["__GFP_NOACCOUNT"],
    flags: { __GFP_ACCOUNT: 0x100000 },
    composites: {
      GFP_TRANSHUGE: [...withoutReclaim, ...THP, "__GFP_NORETRY", "__GFP_DIRECT_RECLAIM"],
      ...ACCOUNTING,
    },
  },
  {
    since: "4.6",
    source: "recalled: GFP_TRANSHUGE without any reclaim",
    composites: { GFP_TRANSHUGE: [...withoutReclaim, ...THP, "__GFP_NORETRY"], ...ACCOUNTING },
  },
  { since: "4.8", source: "composites read in a 4.9 tree; first release recalled", composites: HUGE },
  {
    since: "4.10",
    source: "read in a 4.14 tree; a 4.10.0 and a 4.11 kernel print masks in this numbering",
    without: ["__GFP_OTHER_NODE"],
    flags: { __GFP_WRITE: 0x800000, __GFP_KSWAPD_RECLAIM: 0x1000000 },
  },
  {
    since: "4.12",
    source: "read in a 4.14 tree (only with LOCKDEP); first release recalled",
    flags: { __GFP_NOLOCKDEP: 0x2000000 },
  },
  {
    since: "4.13",
    source: "read in a 4.14 tree; first release recalled",
    without: ["__GFP_REPEAT"],
    flags: { __GFP_RETRY_MAYFAIL: 0x400 },
  },
  {
    since: "4.14",
    source: "composites read in a 4.14 tree; first release recalled",
    composites: HUGE_WITHOUT_TEMPORARY,
  },
  {
    since: "4.15",
    source: "recalled; gone in 4.19.0",
    without: ["__GFP_COLD", "__GFP_NOTRACK"],
  },
  {
    since: "4.18",
    source: "read in the patch of May 2018 that closed the gaps; 4.18.0-240.el8 prints masks in this numbering",
    flags: {
      __GFP_WRITE: 0x100,
      __GFP_DIRECT_RECLAIM: 0x200000,
      __GFP_KSWAPD_RECLAIM: 0x400000,
      __GFP_NOLOCKDEP: 0x800000,
    },
  },
];
