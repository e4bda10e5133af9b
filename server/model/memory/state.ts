import type { ZoneName } from "../request.ts";

/** The CPUs of a machine of which none are told. */
export const DEFAULT_CPUS = 8;

/** What a try takes where nothing is said: 32 pages at about 1.5 us each. An assumption, not a measurement. */
export const DEFAULT_TRY_US = 50;

/** MAX_NUMNODES where it is largest: NODES_SHIFT is at most 10 (arch/x86/Kconfig, arch/arm64/Kconfig; recalled). */
export const MOST_NODES = 1024;

/**
 * How much longer a page is held, counted from the beginning of the call, in tries: one call of migrate_pages() with at
 * most 32 pages, or one drain of the other CPUs. `about`: in each try it may end, so that the mean is this; `between`:
 * any of these is as likely as another.
 */
export type Lasts =
  | { readonly kind: "ever" }
  | { readonly kind: "exactly" | "about"; readonly tries: number }
  | { readonly kind: "between"; readonly from: number; readonly to: number };

/** Pages that someone holds. `mapped`: they have a mapping, so that they are isolated and tried again. */
export interface Pin {
  readonly pages: number;
  readonly mapped: boolean;
  readonly lasts: Lasts;
}

/** Pages that a CPU keeps for itself, and how many in a hundred are kept again after a drain. */
export interface CachedPages {
  readonly pages: number;
  readonly returningPercent: number;
}

/** What may lie in the way of a range besides what RangeState and ZoneState tell; nothing where left out. */
export interface InTheWay {
  /** Of the movable pages, the ones with a mapping (page cache, shared memory): they move only with __GFP_FS. */
  readonly mappingPages?: number;
  /** What is known of the pinned pages; pinned for ever, and anonymous, where left out. */
  readonly pins?: readonly Pin[];
  /** Pages of hugetlb in use, each a pageblock. */
  readonly hugetlbPages?: number;
  /** Free pages on per-cpu lists. */
  readonly percpu?: CachedPages;
  /** Movable pages in the LRU caches of CPUs. */
  readonly lruCache?: CachedPages;
}

/** A zone of a memory state. All amounts in pages. */
export interface ZoneState extends InTheWay {
  readonly name: ZoneName;
  readonly managed: number;
  /** Free blocks by order, order 0 first; of all migratetypes together. */
  readonly free: readonly number[];
  readonly min: number;
  readonly low: number;
  readonly high: number;
  /** What requests for a higher zone must leave here, by zone in the node's order; empty: none. */
  readonly lowmemReserve: readonly number[];
  /** Pages that direct reclaim can free: page cache. */
  readonly reclaimable: number;
  /** Pages that compaction can move. */
  readonly movable: number;
  readonly pinned: number;
  /** Of the free pages, those in CMA pageblocks, and those in HIGHATOMIC pageblocks. */
  readonly cma: number;
  readonly highatomic: number;
  /** The free blocks of these by order, where they are known; of `free`, which counts them too. */
  readonly cmaFree?: readonly number[];
  readonly highatomicFree?: readonly number[];
  /** Pages of CMA pageblocks, free or not; those that are free where left out. */
  readonly cmaArea?: number;
  /** What `lowmemReserve` says by name; it goes before. */
  readonly lowmemReserveFor?: Readonly<Partial<Record<ZoneName, number>>>;
  /** Pages of the kernel, where they are counted; else what is left over. */
  readonly unmovable?: number;
  /** Of all watermarks, what the zone adds while it recovers from fragmentation (watermark_boost); 0 if left out. */
  readonly boost?: number;
}

/** Free pages that come in from elsewhere, by place; given back as blocks of the largest orders that fit. */
export interface PageGift {
  readonly node: number;
  readonly zone: ZoneName;
  readonly pages: number;
}

export interface NodeState {
  readonly id: number;
  readonly zones: readonly ZoneState[];
  /** kswapd of this node is running; false if left out. */
  readonly kswapdAwake?: boolean;
  /** What kswapd frees, once it runs, in the time of one round of direct reclaim; 0 if left out. */
  readonly kswapdPagesPerRound?: number;
}

/** The pages of a range that are not free, and where it lies. */
export interface RangeState extends InTheWay {
  readonly node: number;
  readonly zone: ZoneName;
  /** Pages in use that can be moved elsewhere. */
  readonly movablePages: number;
  /** Movable pages that someone holds: they cannot be moved now. */
  readonly pinnedPages: number;
  /** Pages of the kernel: the range cannot be isolated. */
  readonly unmovablePages: number;
  /** Clean page cache, which is given up where it lies; none if left out. */
  readonly cachePages?: number;
}

/** A state of memory, as the language's `memory` and the `verdict` command's `memory` give it. */
export interface MemoryState {
  readonly nodes: readonly NodeState[];
  /** A process exists that the OOM killer could kill. */
  readonly oomKillable: boolean;
  readonly watermarkBoost: boolean;
  /** The node whose CPU runs the task; the lowest node if left out. */
  readonly homeNode?: number;
  /** MAX_NUMNODES: how many nodes the kernel has room for; if left out 64, x86-64 without MAXSMP (NODES_SHIFT 6). */
  readonly nodeLimit?: number;
  /** Nodes of the task's cpuset; all if left out. */
  readonly cpusetNodes?: readonly number[];
  /** The task's memory cgroup is at its limit, with nothing to reclaim. */
  readonly memcgAtLimit?: boolean;
  /**
   * Slab memory that the shrinkers of a node give back to direct reclaim, `pagesPerRound` at most in one round; none if
   * left out.
   */
  readonly shrinkers?: readonly (PageGift & { readonly pagesPerRound: number })[];
  /**
   * Memory that the OOM notifiers (virtio-balloon, powerpc CMM) give back when the OOM path asks, once; none if left
   * out.
   */
  readonly oomNotifierGives?: readonly PageGift[];
  /**
   * What each process that the OOM killer can kill gives back, in the order of killing. Left out: `oomKillable` alone
   * decides, and a victim gives back what the request needs, at once; a listed one in the next round of reclaim.
   */
  readonly killable?: readonly (readonly PageGift[])[];
  /** Slab caches have an object free, so that no slab is needed; false if left out. */
  readonly cachedObjects?: boolean;
  /**
   * A memory cgroup with kernel accounting exists besides the root, so that __GFP_ACCOUNT means something; true if left
   * out.
   */
  readonly memcgInUse?: boolean;
  /** What the range of a call of alloc_contig_range() holds; left out: as the zone it lies in (see ranges/range.ts). */
  readonly range?: RangeState;
  /** How many CPUs a drain reaches; DEFAULT_CPUS if left out. */
  readonly cpus?: number;
  /** How long a try takes, in microseconds; DEFAULT_TRY_US if left out. */
  readonly tryMicroseconds?: number;
  /** The per-cpu page lists are disabled (batch 1, high 0): rmqueue() goes to the buddy lists at once. */
  readonly perCpuListsOff?: boolean;
}

export interface Attempt {
  readonly mask: number;
  readonly order: number;
  readonly allocFlags: number;
  readonly highestZone: number;
  readonly migratetype: number;
}

/** What a request came to on a memory state. */
export interface Outcome {
  /**
   * `ok`, `null`, `loop`, an errno name (`EBUSY`), `oom` (the killer found nobody to kill: the kernel panics), `died`
   * (the kernel stops at a BUG, see `bugSites`), `undecided` (the simulation stopped: it would take too long) or
   * `unknown` (the model has no such function in this kernel).
   */
  readonly result: string;
  /** A bulk call that succeeded with less than all: how many it handed out; null: all, or it is no bulk call. */
  readonly short: { readonly got: number; readonly wanted: number } | null;
  /**
   * With `loop`: it does not retry, it waits in throttle_direct_reclaim() until somebody frees memory or kills the
   * task.
   */
  readonly throttled: boolean;
  readonly node: number | null;
  readonly zone: ZoneName | null;
  readonly warnSites: readonly string[];
  readonly bugSites: readonly string[];
  readonly sleepSplat: boolean;
  readonly failureReport: boolean;
  readonly directReclaim: boolean;
  readonly compaction: boolean;
  readonly kswapdWoken: boolean;
  readonly oomInvoked: boolean;
  readonly drains: boolean;
  readonly attempts: readonly Attempt[];
  /** What happened, step by step, for people: each with the kernel function. Filled only when asked for. */
  readonly steps: readonly Step[];
}

export interface Step {
  readonly at: string;
  readonly text: string;
  /** Memory after it, where pictures are asked for: the zones of the machine, in their order. */
  readonly zones?: readonly ZonePicture[];
}

/** A zone at one moment. All amounts in pages. */
export interface ZonePicture {
  readonly node: number;
  readonly zone: ZoneName;
  /** Free blocks by order, of all migratetypes. */
  readonly free: readonly number[];
  readonly freePages: number;
  /** Of these, in CMA and in HIGHATOMIC pageblocks. */
  readonly cma: number;
  readonly highatomic: number;
  readonly reclaimable: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
}
