/** What is known of a flag whatever the version. */
interface FlagFacts {
  /** What it asks for, in one or two sentences. */
  readonly asks: string;
  /** A contract of mm with itself (allocator, reclaim, KASAN, memory tags), which other code has no business with. */
  readonly isInternal?: true;
  /** What it asks for in kernels that have a feature, where that is something else. */
  readonly since?: { readonly feature: "zerotagsAlone"; readonly asks: string };
}

/**
 * All flags that any known version has, without `__GFP_`, and what is known of each; lowest bit of gfp_types.h first.
 * `ATOMIC` is the flag that 6.3 removed, not the composite GFP_ATOMIC. What an API or a version makes of a flag is
 * asked of the model.
 */
const FLAGS = {
  DMA: {
    asks: "Memory from ZONE_DMA only: the lowest 16 MiB on x86. The OOM killer is not called for a zone below ZONE_NORMAL.",
  },
  HIGHMEM: { asks: "Memory that the kernel has no permanent mapping for is welcome; map it with `kmap_local_page()`." },
  DMA32: {
    asks: "Memory from ZONE_DMA32 or below: addresses under 4 GiB. The OOM killer is not called for a zone below ZONE_NORMAL.",
  },
  MOVABLE: {
    asks: "The page can be migrated or reclaimed: it is grouped with movable pages and may come from CMA. With `__GFP_HIGHMEM` it may come from ZONE_MOVABLE.",
  },
  RECLAIMABLE: { asks: "The page belongs to a cache that a shrinker can empty; it is grouped with such pages." },
  HIGH: {
    asks: "High priority: half of the min watermark may be used. Without `__GFP_DIRECT_RECLAIM` (in older kernels: with `__GFP_ATOMIC`) the request goes deeper and leaves its cpuset.",
  },
  IO: {
    asks: "Direct reclaim may start I/O. Without it nothing is compacted either. No effect without `__GFP_DIRECT_RECLAIM`.",
  },
  FS: {
    asks: "Direct reclaim may call into filesystems. Without it the global OOM killer does not kill. No effect without `__GFP_DIRECT_RECLAIM`.",
  },
  ZERO: { asks: "The memory is returned zeroed." },
  ATOMIC: {
    asks: "The caller cannot sleep and its request is important: more of the reserve, no cpuset. Later kernels read that from `__GFP_HIGH` without `__GFP_DIRECT_RECLAIM`.",
  },
  DIRECT_RECLAIM: {
    asks: "The caller may sleep: it may reclaim and compact memory itself and call the OOM killer. The one bit that decides whether a request blocks.",
  },
  KSWAPD_RECLAIM: { asks: "Wake kswapd when memory is below the low watermark. The wakeup takes scheduler locks." },
  WRITE: { asks: "The caller is going to dirty the page: the fast path spreads such pages over the zones." },
  NOWARN: { asks: "A failure is expected: no page allocation failure report." },
  RETRY_MAYFAIL: { asks: "Try hard, retry while there is progress, but give up without calling the OOM killer." },
  NOFAIL: {
    asks: "The caller cannot handle failure: the allocator loops until it has the memory. Needs `__GFP_DIRECT_RECLAIM`.",
  },
  NORETRY: { asks: "One round of direct reclaim and compaction, then give up. The OOM killer is not called." },
  MEMALLOC: {
    asks: "No watermarks: all memory may be used. For callers that will soon free more than they take.",
    isInternal: true,
  },
  COMP: { asks: "A high-order block is made a compound page." },
  NOMEMALLOC: {
    asks: "No emergency reserves, even for a task in PF_MEMALLOC. Wins over `__GFP_MEMALLOC`; the bonus of `__GFP_HIGH` stays.",
  },
  HARDWALL: {
    asks: "Only the nodes of the task's own cpuset. Without the flag a request that finds nothing there may go as far as the nearest hardwalled cpuset above.",
  },
  THISNODE: { asks: "Only the node asked for, without fallback to others; the OOM killer is not called." },
  ACCOUNT: {
    asks: "Charge the memory to the active memory cgroup: the task's own, or the one that `set_active_memcg()` names. A refused charge fails the request.",
  },
  ZEROTAGS: {
    asks: "Zero the memory tags (MTE) together with the memory, if it is zeroed at all.",
    isInternal: true,
    since: {
      feature: "zerotagsAlone",
      asks: "Zero the memory tags (MTE), even where the memory itself is not zeroed.",
    },
  },
  SKIP_ZERO: {
    asks: "Do not zero, although init_on_alloc asks for it: the caller does. Hardware-tag KASAN only.",
    isInternal: true,
  },
  SKIP_KASAN: {
    asks: "Do not touch the KASAN tags of the page on allocation. Hardware-tag KASAN only.",
    isInternal: true,
  },
  SKIP_KASAN_UNPOISON: {
    asks: "Do not unpoison the page for KASAN on allocation. Hardware-tag KASAN only.",
    isInternal: true,
  },
  SKIP_KASAN_POISON: {
    asks: "Do not poison the page for KASAN when it is freed. Hardware-tag KASAN only.",
    isInternal: true,
  },
  NOLOCKDEP: { asks: "Leave this request out of lockdep's fs_reclaim check. A bit only where LOCKDEP is on." },
  NO_OBJ_EXT: {
    asks: "No object extension vector for this slab: the slab allocator's own guard against recursion.",
    isInternal: true,
  },
} satisfies Readonly<Record<string, FlagFacts>>;

export type FlagName = keyof typeof FLAGS;

/**
 * All composites of gfp_types.h, without `GFP_`, and what each is for; `RECLAIM` is `__GFP_RECLAIM`, `ZONEMASK` is
 * `GFP_ZONEMASK`. Their bits come from the kernel's table.
 */
export const COMPOSITES = {
  ATOMIC:
    "For callers that cannot sleep and need the memory now: never reclaims, uses a part of the reserve, can fail.",
  KERNEL: "The usual mask of a caller that may sleep: reclaim, I/O and filesystem calls are allowed.",
  KERNEL_ACCOUNT:
    "`GFP_KERNEL`, charged to the active memory cgroup: the task's, or the one that `set_active_memcg()` names.",
  NOWAIT: "For callers that cannot sleep and can do without: wakes kswapd, uses no reserve, fails easily.",
  NOIO: "May sleep and reclaim, but starts no I/O. Where a scope is possible, `memalloc_noio_save()` says it better.",
  NOFS: "May sleep, reclaim and start I/O, but does not call into filesystems. Where a scope is possible, `memalloc_nofs_save()` says it better.",
  USER: "Memory that user space can reach, which kernel and hardware access as well; cpusets are enforced.",
  HIGHUSER: "Memory for user space that the kernel need not have mapped.",
  HIGHUSER_MOVABLE: "Memory for user space that can be migrated.",
  TRANSHUGE_LIGHT: "A transparent huge page if one is at hand: no reclaim, no compaction, no kswapd.",
  TRANSHUGE: "A transparent huge page worth direct reclaim and compaction; kswapd is not woken.",
  DMA: "The zone bit `__GFP_DMA` alone, without any reclaim bit: write `GFP_KERNEL | GFP_DMA`.",
  DMA32: "The zone bit `__GFP_DMA32` alone, without any reclaim bit: write `GFP_KERNEL | GFP_DMA32`.",
  RECLAIM: "Both reclaim bits: direct reclaim and the kswapd wakeup.",
  ZONEMASK: "All zone bits; `gfp_zone()` looks at these.",
} as const;

export type CompositeName = keyof typeof COMPOSITES;

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

function isComposite(name: string): name is CompositeName {
  return Object.hasOwn(COMPOSITES, name);
}

export const FLAG_NAMES: readonly FlagName[] = Object.keys(FLAGS).filter(isFlag);
export const COMPOSITE_NAMES: readonly CompositeName[] = Object.keys(COMPOSITES).filter(isComposite);

/** What a flag asks for in a kernel, in one or two sentences. */
export function flagAsks(
  kernel: { readonly features: Readonly<Record<"zerotagsAlone", boolean>> },
  flag: FlagName,
): string {
  const { asks, since }: FlagFacts = FLAGS[flag];
  return since !== undefined && kernel.features[since.feature] ? since.asks : asks;
}

/** The flags of mm itself. */
export const INTERNAL_FLAGS: readonly FlagName[] = FLAG_NAMES.filter((flag) => {
  const facts: FlagFacts = FLAGS[flag];
  return facts.isInternal === true;
});
