import { hasMemalloc, inInterrupt, interrupted, SCOPE, TASK, type Context } from "../contexts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { Mask } from "./mask.ts";
import { migratetype, MIGRATE } from "./properties.ts";
import { gfpZoneIndex } from "./zone.ts";

/**
 * The ALLOC_ bits of mm/internal.h (mm/page_alloc.h since 7.3). NON_BLOCK and MIN_RESERVE were called HARDER and HIGH
 * to 6.2, with the same values; KSWAPD differs by version (`kernel.features.allocKswapd`).
 */
export const ALLOC = {
  WMARK_MIN: 0x0,
  WMARK_LOW: 0x1,
  WMARK_HIGH: 0x2,
  NO_WATERMARKS: 0x4,
  OOM: 0x8,
  NON_BLOCK: 0x10,
  /** The name of NON_BLOCK to 6.2. */
  HARDER: 0x10,
  MIN_RESERVE: 0x20,
  /** The name of MIN_RESERVE to 6.2. */
  HIGH: 0x20,
  CPUSET: 0x40,
  CMA: 0x80,
  NOFRAGMENT: 0x100,
  HIGHATOMIC: 0x200,
  /** Called ALLOC_TRYLOCK to 7.2. */
  NOLOCK: 0x400,
  /** 7.3+ */
  NO_CODETAG: 0x1000,
} as const;

/** ALLOC_CMA for movable requests, but in the pin scope of 5.9 to 5.12. gfp_to_alloc_flags_cma(), mm/page_alloc.c. */
function cmaFlag(kernel: Kernel, value: Mask, scopes: number): number {
  if (!kernel.options.CMA || migratetype(kernel, value) !== MIGRATE.MOVABLE) return 0;
  return (scopes & SCOPE.pin) !== 0 && kernel.features.pinScope === "keeps-out-of-cma" ? 0 : ALLOC.CMA;
}

/** ALLOC_KSWAPD where the version has it. */
function kswapdFlag(kernel: Kernel, value: Mask): number {
  return (value & kernel.bits.KSWAPD_RECLAIM) === 0 ? 0 : kernel.features.allocKswapd;
}

/**
 * gfp_to_alloc_flags(), mm/page_alloc.c: what the slow path may take. `order` matters for HIGHATOMIC only; of the
 * context, whether the task is a realtime task.
 */
export function allocFlags(kernel: Kernel, value: Mask, order: number, context: Context): number {
  const { bits, features } = kernel;
  const reserves = reserveFlags(kernel, value, context);
  const flags = ALLOC.WMARK_MIN | kswapdFlag(kernel, value) | cmaFlag(kernel, value, context.scopes) | reserves;
  const high = (value & bits.HIGH) !== 0;
  if (features.atomicMeans === "atomic-flag") return (value & bits.ATOMIC) !== 0 ? flags : flags | ALLOC.CPUSET;
  if ((value & bits.DIRECT_RECLAIM) !== 0) return flags | ALLOC.CPUSET;
  const highatomic =
    (reserves & ALLOC.NON_BLOCK) !== 0 && order > 0 && (high || !features.highatomicNeedsHigh) ? ALLOC.HIGHATOMIC : 0;
  return flags | highatomic | (high ? 0 : ALLOC.CPUSET);
}

/**
 * Of the alloc flags those that go below the min watermark: MIN_RESERVE and NON_BLOCK. gfp_to_alloc_flags(),
 * mm/page_alloc.c.
 */
export function reserveFlags(kernel: Kernel, value: Mask, context: Context): number {
  const { bits, features } = kernel;
  const flags = (value & bits.HIGH) !== 0 ? ALLOC.MIN_RESERVE : 0;
  const realtime = (context.task & TASK.rt_task) !== 0;
  // Whatever makes a request atomic: most are not.
  if ((value & bits.DIRECT_RECLAIM) !== 0 && (value & bits.ATOMIC) === 0 && !realtime) return flags;
  const nonBlock = (value & bits.NOMEMALLOC) === 0 ? ALLOC.NON_BLOCK : 0;
  if (features.atomicMeans === "atomic-flag") {
    if ((value & bits.ATOMIC) !== 0) return flags | nonBlock;
    return realtime && !interrupted(kernel, context) ? flags | ALLOC.NON_BLOCK : flags;
  }
  if ((value & bits.DIRECT_RECLAIM) === 0) return flags | nonBlock;
  if (!realtime || interrupted(kernel, context)) return flags;
  return flags | (features.rtTaskGets === "min-reserve" ? ALLOC.MIN_RESERVE : ALLOC.NON_BLOCK);
}

/**
 * What the fast path uses: prepare_alloc_pages() and alloc_flags_nofragment(), mm/page_alloc.c. For a machine whose
 * cpusets are not in use, and where the preferred zone is the highest allowed one up to Normal (no populated Movable
 * or HighMem zone): elsewhere NOFRAGMENT is not set.
 */
export function prepare(kernel: Kernel, value: Mask, order: number, scopes: number): number {
  const { bits, features, options } = kernel;
  let flags = ALLOC.WMARK_LOW | kswapdFlag(kernel, value) | cmaFlag(kernel, value, scopes);
  if (
    features.fastPathAvoidsFragmentation &&
    options.ZONE_DMA32 &&
    gfpZoneIndex(kernel, value) >= kernel.zones.indexOf("Normal")
  )
    flags |= ALLOC.NOFRAGMENT;
  if (
    features.fastPathHighatomic &&
    order > 0 &&
    (value & (bits.DIRECT_RECLAIM | bits.NOMEMALLOC)) === 0 &&
    (value & bits.HIGH) !== 0
  )
    flags |= ALLOC.HIGHATOMIC;
  return flags;
}

/**
 * What the nolock calls look at the free lists with, once: trylocks, and the min watermark, for want of another
 * (mm/page_alloc.c: alloc_frozen_pages_nolock; its mask can be neither movable nor wake kswapd).
 */
export const NOLOCK_FLAGS: number = ALLOC.NOLOCK;

/**
 * __gfp_pfmemalloc_flags(), mm/page_alloc.c: 0, ALLOC_NO_WATERMARKS or ALLOC_OOM, which take the place of the reserves
 * in the alloc flags. NOMEMALLOC comes first, then MEMALLOC, then PF_MEMALLOC (see `hasMemalloc`), then an OOM victim
 * outside of interrupts.
 */
export function pfmemallocFlags(kernel: Kernel, value: Mask, context: Context): number {
  const { bits } = kernel;
  if ((value & bits.NOMEMALLOC) !== 0) return 0;
  if ((value & bits.MEMALLOC) !== 0) return ALLOC.NO_WATERMARKS;
  // As most tasks are.
  if ((context.scopes | context.task) === 0) return 0;
  if ((context.scopes | context.task) === 0) return 0;
  if (hasMemalloc(context)) return ALLOC.NO_WATERMARKS;
  if ((context.task & TASK.oom_victim) !== 0 && !inInterrupt(context)) return ALLOC.OOM;
  return 0;
}

/**
 * The names of alloc flags as the version's mm/internal.h has them, lowest bit first; `WMARK_MIN` stands for no
 * watermark bit.
 */
export function allocFlagNames(kernel: Kernel, flags: number): readonly string[] {
  const older = kernel.features.reserveScheme === "harder";
  const named: readonly (readonly [number, string])[] = [
    [ALLOC.WMARK_LOW, "ALLOC_WMARK_LOW"],
    [ALLOC.WMARK_HIGH, "ALLOC_WMARK_HIGH"],
    [ALLOC.NO_WATERMARKS, "ALLOC_NO_WATERMARKS"],
    [ALLOC.OOM, "ALLOC_OOM"],
    [ALLOC.NON_BLOCK, older ? "ALLOC_HARDER" : "ALLOC_NON_BLOCK"],
    [ALLOC.MIN_RESERVE, older ? "ALLOC_HIGH" : "ALLOC_MIN_RESERVE"],
    [ALLOC.CPUSET, "ALLOC_CPUSET"],
    [ALLOC.CMA, "ALLOC_CMA"],
    [ALLOC.NOFRAGMENT, "ALLOC_NOFRAGMENT"],
    [older ? 0 : ALLOC.HIGHATOMIC, "ALLOC_HIGHATOMIC"],
    [older ? 0 : ALLOC.NOLOCK, kernel.features.allocNolockName],
    [kernel.features.allocKswapd, "ALLOC_KSWAPD"],
  ];
  const names = named.filter(([bit]) => bit !== 0 && (flags & bit) === bit).map(([, name]) => name);
  return (flags & (ALLOC.WMARK_LOW | ALLOC.WMARK_HIGH | ALLOC.NO_WATERMARKS)) === 0
    ? ["ALLOC_WMARK_MIN", ...names]
    : names;
}
