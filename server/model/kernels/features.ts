/**
 * What a kernel version does, as facts that the rest of the model asks for. A version is a set of these and a flag
 * table; no code outside of this folder compares version numbers.
 *
 * A feature is named for what the kernel does, not for the release that brought it. The value in each release stands in
 * `releases/`, with its source.
 */
export interface Features {
  // Masks and entry of the page allocator

  /**
   * current_gfp_context() runs before the fast path (`__alloc_pages`, 5.13+); before, only the slow path saw scopes.
   */
  readonly scopesApplyToFastPath: boolean;
  /**
   * What a pin scope does. PF_MEMALLOC_NOCMA cleared __GFP_MOVABLE in kernels with CMA (5.1..5.8), then took ALLOC_CMA
   * off the alloc flags (5.9..5.12; seen in 5.10.262); PF_MEMALLOC_PIN clears __GFP_MOVABLE in every kernel (5.13+).
   */
  readonly pinScope: "absent" | "clears-movable-with-cma" | "keeps-out-of-cma" | "clears-movable";
  /**
   * __GFP_ZEROTAGS zeroes tags where the memory itself is not zeroed: read in 7.2.13, not in 6.12.117
   * (mm/page_alloc.c:post_alloc_hook).
   */
  readonly zerotagsAlone: boolean;
  /**
   * kmem_cache_alloc_bulk() asks for a mask that may spin on a lock (comment of mm/slub.c:kmem_cache_alloc_bulk;
   * dropped in
   * June 2026).
   */
  readonly slabBulkMustSpin: boolean;
  /**
   * The refusal is WARN_ON_ONCE_GFP, which __GFP_NOWARN silences, in form since 5.19; before `!(gfp & __GFP_NOWARN)`.
   */
  readonly sitesUseWarnOnOnceGfp: boolean;

  /**
   * What MOVABLE|RECLAIMABLE crashes: order 0, which runs off the rows of the per-cpu lists (to 5.13, inferred; seen in
   * 5.10.262, where order 3 lives), every order, which runs off the table of find_suitable_fallback() (seen in
   * 6.1.192), or nothing (6.12.117 lives on).
   */
  readonly invalidMigratetypeCrashes: "nothing" | "order-0" | "every-order";
  /** __GFP_THISNODE with a node that is offline is a VM_WARN_ON (to 5.17, recalled; seen in 5.10.262). */
  readonly offlineNodeWarns: boolean;
  /**
   * What is taken for an interrupt, which no cpuset and no cgroup of the interrupted task concerns: in_interrupt(), a
   * section with bottom halves off too (to 5.14; seen in 5.10.262), or !in_task() (5.15+, recalled; seen in 6.1.192).
   */
  readonly interruptMeans: "in_interrupt" | "not-in_task";
  /** The fast path in an interrupt is confined to the cpuset of the task below it (to 5.8, recalled). */
  readonly cpusetConfinesInterrupts: boolean;

  // gfp -> ALLOC_ flags (mm/page_alloc.c: gfp_to_alloc_flags)

  /**
   * What a zone must have for an order above 0: a block of it (4.4+, mm/page_alloc.c:__zone_watermark_ok), or more than
   * the halved watermark in pages of that order and above, and so much at each order below (to 4.3; recalled, and seen
   * in reports of 2.6.32, 3.7 and 4.2). Of 4.3 and before the model knows this alone.
   */
  readonly highOrderWatermark: "any-block" | "shrinks-by-order";
  /** ALLOC_HARDER/ALLOC_HIGH (to 6.2) or ALLOC_NON_BLOCK/ALLOC_MIN_RESERVE (6.3+, and 6.1.192). */
  readonly reserveScheme: "harder" | "min-reserve";
  /** What makes a request "atomic": the __GFP_ATOMIC bit, or the absence of __GFP_DIRECT_RECLAIM. */
  readonly atomicMeans: "atomic-flag" | "no-direct-reclaim";
  /**
   * ALLOC_HIGHATOMIC asks for __GFP_HIGH as well (6.1.192, 6.12.117, 6.18+); 6.3..6.8 gave it to any non-blocking
   * order>0.
   */
  readonly highatomicNeedsHigh: boolean;
  /**
   * No HIGHATOMIC pageblock is reserved in a zone of which 1 % is less than one (6.8+, recalled; seen in 6.12.117, not
   * in 6.1.192).
   */
  readonly highatomicNeedsMinimumZone: boolean;
  /**
   * A non-blocking request may take a HIGHATOMIC page as a last resort at order 0 (281dd25c1a01: 6.12+, and 6.1.192
   * with the branch's 6.1.116).
   */
  readonly nonBlockTakesHighatomicPage: boolean;
  /** The fast path may use HIGHATOMIC pageblocks too (7.3+). */
  readonly fastPathHighatomic: boolean;
  /**
   * Which try with ALLOC_HIGHATOMIC reserves a pageblock: any, or one with the min watermark, that is in the slow path
   * (7.3+).
   */
  readonly highatomicReservedBy: "any-try" | "min-watermark";
  /** alloc_pages_node() has a VM_BUG_ON for a number that no node can have (to 7.2). */
  readonly nodeNumberChecked: boolean;
  /** might_alloc() says nothing for a task with PF_MEMALLOC, which will not reclaim (6.19+, assumed; read in 7.2). */
  readonly mightAllocSilentUnderMemalloc: boolean;
  /**
   * Zones of a node whose kswapd is awake come last, after those of nodes where it sleeps (6.18+, recalled; read in
   * 7.2).
   */
  readonly nodesWithKswapdAwakeComeLast: boolean;
  /** What an RT task with a blocking mask gets. */
  readonly rtTaskGets: "harder" | "min-reserve";
  /** A HARDWALL request in an insane cpuset configuration goes straight to nopage (5.16+). */
  readonly insaneCpusetCheck: boolean;

  // Slow path (mm/page_alloc.c: __alloc_pages_slowpath)

  /** WARN_ON_ONCE for __GFP_ATOMIC with __GFP_DIRECT_RECLAIM, ATOMIC dropped (4.4..6.2). */
  readonly warnsAtomicWithDirectReclaim: boolean;
  /**
   * After a direct compaction that made no page of its own the free lists are tried: unless it was skipped or deferred
   * (to 5.0), always (5.1+; seen in 5.10.262), unless it was skipped (5.13+, recalled; seen in 6.1.192).
   */
  readonly compactionTriesFreeLists: "unless-skipped-or-deferred" | "always" | "unless-skipped";
  /** gfp_compaction_allowed(): __GFP_IO is needed to count on compaction (6.8+, 6.1.192). */
  readonly compactionNeedsIo: boolean;
  /**
   * Before its loop the slow path tries the free lists and compacts, and the loop looks up the reserves and tries again
   * (to 6.19). Or it is rounds of one loop (7.0+): one try each, the reserves after it with one more round at once, and
   * the first compaction is a round without reclaim, whose result no longer counts.
   * mm/page_alloc.c:__alloc_pages_slowpath
   */
  readonly slowPath: "prelude-and-loop" | "rounds";
  /**
   * A costly NORETRY request gives up after the first compaction when that was skipped or deferred (5.5+), or only when
   * deferred.
   */
  readonly costlyNoretryGivesUpOn: "skipped-or-deferred" | "deferred";
  /** A costly NORETRY|THISNODE request gives up after the first compaction (6.1.192, 6.12.117, android-6.18, 6.19+). */
  readonly costlyNoretryThisNodeGivesUp: boolean;
  /** should_reclaim_retry() looks only at zones of the task's cpuset (6.12+). */
  readonly reclaimRetryRespectsCpuset: boolean;
  /**
   * zone_reclaimable_pages() counts the free pages of a zone that has nothing to reclaim (6.13 to 6.17, recalled; seen
   * in 6.1.192 and 6.12.117, gone in 7.3.4).
   */
  readonly reclaimableFallsBackToFree: boolean;
  /**
   * cond_resched() may schedule, and reclaim in a hard interrupt dies of it (to 6.19). x86-64 has only the lazy and the
   * full preemption model since (7.0+, assumed; seen in 7.3.4), where reclaim schedules only when it really waits.
   */
  readonly condReschedSchedules: boolean;
  /**
   * Which zones throttle_direct_reclaim() leaves out of its sum: those with nothing reclaimable, or of them only those
   * that have free pages (6.18+, assumed; seen in 7.3.4), so that an empty zone counts and the one with pages does not.
   */
  readonly throttlingLeavesOut: "unreclaimable" | "unreclaimable-with-free-pages";
  /**
   * Free CMA pages make asynchronous compaction of a costly order suitable for masks that cannot have them as well (to
   * 7.1; absent in 7.2.13).
   */
  readonly compactionCountsCmaForAll: boolean;
  /** should_compact_retry() reclaims for skipped compaction only in zones of the task's cpuset (7.2+, assumed). */
  readonly compactRetryRespectsCpuset: boolean;
  /** should_compact_retry() stops on a fatal signal (5.15+). */
  readonly compactRetryStopsOnFatalSignal: boolean;
  /** How should_compact_retry() counts: by progress (to 6.4), or by result (6.5+). */
  readonly compactRetry: "progress" | "result";

  // __GFP_NOFAIL

  /** Where the misuse of NOFAIL (no direct reclaim, PF_MEMALLOC) warns. */
  readonly nofailWarns: "when-failing" | "when-failing-unless-nowarn" | "on-slowpath-entry";
  /** Where NOFAIL with order > 1 warns: rmqueue() (to 6.11), slow-path entry (6.12..6.18), nowhere (7.0+). */
  readonly nofailHighOrderWarns: "rmqueue" | "on-slowpath-entry" | "nowhere";
  /**
   * rmqueue() serves orders up to 3 from the per-cpu lists before it comes to the NOFAIL order warning (5.14..5.19;
   * 6.1.192 was seen to warn first).
   */
  readonly pcpServesCostlyOrders: boolean;
  /** A NOFAIL request of order > 3 warns when it is about to loop (4.12..6.11). */
  readonly nofailCostlyWarnsWhenFailing: boolean;
  /** Reserve of the last NOFAIL attempt: ALLOC_HARDER (0.75 min) or ALLOC_MIN_RESERVE (0.5 min). */
  readonly nofailLastResort: "harder" | "min-reserve";

  // OOM and reports

  /** No failure report for __GFP_DMA when no DMA zone has managed pages (5.17+, and 5.15.19). */
  readonly dmaFailureSilentWithoutManagedDma: boolean;
  /**
   * A dying task, or a victim of the OOM killer, is charged above the limit without end (to 5.15, recalled: commit
   * a4ebf1b6ca1e; stable 5.10.80).
   */
  readonly memcgDyingIsCharged: boolean;
  /**
   * Memcg charges above the limit for __GFP_HIGH (5.18+; read in 6.1) or __GFP_ATOMIC (5.4+: commit 869712fd3de5; read
   * in 5.15), or for none (4.19.0).
   */
  readonly memcgOvershootFor: "high" | "atomic" | "none";
  /** An allocation that stalls for 10 s prints a report (7.2+, assumed; absent in 6.12.117). */
  readonly reportsStalls: boolean;

  // APIs

  readonly hasFolioAlloc: boolean;
  readonly hasBulkAlloc: boolean;
  /** try_alloc_pages (6.15), alloc_pages_nolock (6.16), with a gfp argument (6.18). */
  readonly nolockPages: "absent" | "try_alloc_pages" | "alloc_pages_nolock" | "alloc_pages_nolock-with-gfp";
  /**
   * Which nolock calls take the flags that they set themselves without a VM_WARN_ON_ONCE: none (6.18), kmalloc_nolock()
   * (7.2+, assumed; read in 7.2.13), alloc_pages_nolock() too (7.3+).
   */
  readonly nolockTakesItsOwnFlags: "none" | "kmalloc" | "both";
  /** alloc_pages_nolock() refuses an order before it looks at the flags (7.3+). */
  readonly nolockChecksOrderFirst: boolean;
  /**
   * calculate_order() of slab looks for little waste from the wanted objects on ("waste", 6.7+), or gives up objects
   * first ("objects").
   */
  readonly slabOrderBy: "objects" | "waste";
  /**
   * A new slab for a given node is asked for on that node with GFP_NOWAIT before anything else (seen in 6.12, recalled
   * for 6.10).
   */
  readonly slabTriesNodeFirst: boolean;
  /** Slabs of order 0 are asked for with __GFP_COMP too (6.10+; absent in 6.1.192, read in 6.12.117). */
  readonly slabAlwaysCompound: boolean;
  /**
   * The mask of that try besides THISNODE: GFP_NOWAIT whatever the caller's mask, or what the caller has of GFP_NOWAIT,
   * NOMEMALLOC and ACCOUNT, with NOWARN (6.19+, assumed; seen in 7.3.4).
   */
  readonly slabNodeTryMask: "nowait" | "from-caller";
  /**
   * Every cache without debugging has sheaves: an empty one is filled with NOMEMALLOC | NOWARN before the caller's mask
   * gets an object (7.0+, assumed; seen in 7.3.4).
   */
  readonly slabSheaves: boolean;
  /** The bulk calls are alloc_pages_bulk_array and _list (5.13..6.13), or alloc_pages_bulk (6.14+). */
  readonly bulkNames: "array-and-list" | "plain";
  /** alloc_pages_exact() warns about and drops __GFP_COMP (5.2+), and __GFP_HIGHMEM (5.19+). */
  readonly exactDropsComp: boolean;
  readonly exactDropsHighmem: boolean;
  /** Large kmalloc fixes up __GFP_DMA32/HIGHMEM like a new slab does (5.9+; read in 5.10). */
  readonly largeKmallocFixesFlags: boolean;
  /**
   * So do kmalloc_node() and the kmalloc part of kvmalloc() (6.1+, recalled; seen in 6.1.192). In 5.10.262 they were
   * seen to pass all bits on (mm/slub.c:kmalloc_large_node).
   */
  readonly largeKmallocNodeFixesFlags: boolean;
  /** kmalloc has separate caches for __GFP_ACCOUNT (5.14+). */
  readonly kmallocAccountCaches: boolean;

  /**
   * Which masks let kvmalloc fall back to vmalloc: supersets of GFP_KERNEL (to 5.16), any blocking (6.0..6.18: commit
   * 30c19366636f), any (5.17..5.19, where vmalloc was not ready for it, and 6.19+).
   */
  readonly kvmallocFallsBack: "gfp-kernel" | "blocking" | "any";
  /**
   * What the kmalloc part of a kvmalloc above one page loses or gains: NORETRY unless RETRY_MAYFAIL (to 6.15), or
   * DIRECT_RECLAIM off unless RETRY_MAYFAIL (6.16+).
   */
  readonly kvmallocFirstTry: "noretry" | "no-direct-reclaim";
  /** The vmalloc part of kvmalloc may use huge pages (VM_ALLOW_HUGE_VMAP, 5.18+, with vmalloc_huge(). */
  readonly kvmallocHugePages: boolean;
  /** The huge pages of kvmalloc are for masks that may block (6.19+, assumed; read in 7.2). */
  readonly kvmallocHugePagesNeedBlocking: boolean;
  /** kvmalloc drops NOFAIL for its kmalloc part (5.17+). */
  readonly kvmallocDropsNofailFirst: boolean;
  /** kvmalloc and vmalloc honour NOFAIL (5.17+). */
  readonly vmallocNofail: boolean;
  /** kvmalloc refuses sizes above INT_MAX (5.15+), and whether NOWARN silences its warning (5.17+; read in 5.19). */
  readonly kvmallocRefusesAboveIntMax: boolean;
  readonly kvmallocIntMaxHonoursNowarn: boolean;
  /** __vmalloc takes non-blocking masks (6.19+). */
  readonly vmallocNonBlocking: boolean;
  /**
   * __vmalloc strips flags outside of GFP_VMALLOC_SUPPORTED, with a WARN (6.19+); RETRY_MAYFAIL is among the supported
   * (7.1+, assumed: commit 3caedb3b99ea; in 7.2.13, and 7.0.12 was seen to strip it).
   */
  readonly vmallocFiltersFlags: boolean;
  readonly vmallocSupportsRetryMayfail: boolean;
  /** The pages come in the largest blocks first, each order tried once and split (6.19+, assumed; seen in 7.3.4). */
  readonly vmallocLargeOrdersFirst: boolean;
  /**
   * Where __get_vm_area_node() is a BUG: in_interrupt(), bottom halves off included, or in a hard interrupt and in NMI
   * (7.1+, assumed: commit 04aa71da5f35; seen in 7.3.4).
   */
  readonly vmallocStopsIn: "any-interrupt" | "hard-interrupt";
  /**
   * vm_area_alloc_pages() passes NOFAIL to the batches too, and its huge pages know nothing of it (6.12+); before,
   * batches went without.
   */
  readonly vmallocBatchesCarryNofail: boolean;
  /**
   * A fatal signal ends the page loop of vmalloc: never (5.15), also for NOFAIL (6.0..6.9), not for NOFAIL (6.1.192,
   * 6.10+).
   */
  readonly vmallocFatalSignal: "ignored" | "aborts" | "aborts-unless-nofail";
  /**
   * The page tables of a vmalloc: with GFP_KERNEL whatever the mask (to 5.16), in a nofs or noio scope that follows the
   * mask (5.17+), and without reclaim for masks with NORETRY or RETRY_MAYFAIL (7.1+, assumed; read in 7.2:
   * memalloc_apply_gfp_scope).
   */
  readonly vmallocPageTables: "gfp-kernel" | "scope-of-mask" | "noreclaim-for-retry-flags";
  /**
   * How vmalloc reports: every failure, that of size 0 included, as "vmalloc: allocation failure" (to 5.12; seen in
   * 5.10.262), or as "vmalloc error", and size 0 as a WARN (5.13+, recalled: commit d70bec8cc95a).
   */
  readonly vmallocReports: "allocation-failure" | "error";
  /**
   * __vmalloc that cannot get its pages reports it. From 5.10 to 6.2 __GFP_NOWARN was added to the very mask that is
   * reported with (recalled: commits f255935b9767 and 95a301eefa82; seen in 5.10.262, 6.1.192 and 6.12.117).
   */
  readonly vmallocReportsPageFailure: boolean;

  /** alloc_contig_range: what of the caller's mask reaches the migration targets. */
  readonly contigTargetMask: "default" | "hard-coded" | "from-caller";
  /** alloc_contig_range refuses masks outside of a list with -EINVAL (6.14+, 6.12.117). */
  readonly contigVerifiesMask: boolean;
  /**
   * With DEBUG_VM the lookup of a pageblock's type is a BUG where its first page lies outside of the zone, as that of
   * x86's ZONE_DMA does (7.2+, assumed; seen in 7.3.4).
   */
  readonly pageblockLookupChecksZone: boolean;
  /** HARDWALL is forced on the migration targets' mask (6.14, 6.12.117; gone by 6.18). */
  readonly contigForcesHardwall: boolean;
  /** NORETRY is a fast mode: one asynchronous try, stop at the first -EBUSY (Android). */
  readonly contigNoretryFastMode: boolean;
  /** __GFP_COMP: ignored, makes a compound page (6.12+), refused by the refcounted calls (7.0+). */
  readonly contigComp: "ignored" | "supported" | "refused";
  /** __GFP_ZERO is honoured (6.14+, 6.12.117). */
  readonly contigHonoursZero: boolean;
  /** NOWARN suppresses the page dump on -EBUSY (5.15+). */
  readonly contigNowarnSuppressesDump: boolean;
  /**
   * migrate_pages() that finds no page to move to ends the range at once (5.13+, recalled; read in 6.1.192); before it
   * was tried five times (seen in 5.10.262).
   */
  readonly contigEndsAtEnomem: boolean;
  /**
   * alloc_contig_pages() moves pages away (5.13+, recalled: commit eb14d4eefdc4); before it took only ranges in which
   * no page is in use (read in 5.10.262).
   */
  readonly contigPagesMoves: boolean;
  /** Pages of hugetlb move out of a range (5.13+, recalled: commits 369fa227c219, ae37c7ff79f1; read in 6.12.117). */
  readonly contigMovesHugetlb: boolean;
  /**
   * Each pageblock of a range is followed by a drain_all_pages() (read in 5.10.262), not the range (5.11+, recalled:
   * commit 7612921f2376).
   */
  readonly contigDrainsEachBlock: boolean;
  /** lru_add_drain_all() per call (read in 5.10), or lru_cache_disable() (5.13+; read in 5.15). */
  readonly contigLru: "drain-all" | "cache-disable";

  /** Every backend of dma_alloc_attrs clears the memory (5.0+: commit 518a2f1925c3). */
  readonly dmaAlwaysClears: boolean;
  /** dma_alloc_attrs and dma_alloc_pages refuse __GFP_COMP with a WARN (6.2+). */
  readonly dmaRefusesComp: boolean;
  /** alloc_percpu_gfp treats NOFS/NOIO as atomic (to 6.14, not in 6.1.192 and 6.12.117). */
  readonly percpuNofsIsAtomic: boolean;
  readonly percpuAccount: boolean;
  /** The pages of a percpu chunk are asked for without IO and FS, whatever the mask (7.3+). */
  readonly percpuDropsIoAndFs: boolean;
  /** The high-order try of page_frag drops DIRECT_RECLAIM (6.9+). */
  readonly pageFragDropsDirectReclaim: boolean;
  /**
   * page_frag_alloc_align takes an alignment, and warns about one that is no power of two; before, it takes a mask
   * (6.9+).
   */
  readonly pageFragChecksAlignment: boolean;

  /** kmalloc has separate caches for __GFP_RECLAIMABLE (4.20+). */
  readonly kmallocReclaimCaches: boolean;

  // Numbers

  /**
   * The value of ALLOC_KSWAPD: none (4.19), a bit of its own (5.0..5.8, recalled), the bit of __GFP_KSWAPD_RECLAIM
   * (5.9+; seen in 6.1 and 6.12).
   */
  readonly allocKswapd: 0 | 0x200 | 0x800;
  /** The name of the bit 0x400, with which the nolock calls try locks. */
  readonly allocNolockName: "ALLOC_TRYLOCK" | "ALLOC_NOLOCK";
  /** The fast path avoids mixing pageblocks with ALLOC_NOFRAGMENT (5.0+). */
  readonly fastPathAvoidsFragmentation: boolean;
  /** Order of the constants KMALLOC_*: CGROUP before RECLAIM and DMA (5.14..6.1), or after them. */
  readonly kmallocTypeOrder: "cgroup-first" | "cgroup-last";
  /** pageblock_order without HUGETLB_PAGE: the maximum order, or at most that of a huge page (seen in 6.12.117). */
  readonly pageblockOrderWithoutHugetlb: "max-order" | "huge-page-order";
  /** The order in which %pGg prints flags: single flags in a hand-made order, or in the order of their bits. */
  readonly printOrder: "by-hand" | "by-bit";

  /**
   * A first compaction that was skipped or deferred ends requests of pageblock order and above with IO and without
   * RETRY_MAYFAIL (5.4 only).
   */
  readonly hugeOrderGivesUpAfterFirstCompaction: boolean;
}
