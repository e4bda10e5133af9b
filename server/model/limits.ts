import type { Kernel } from "./kernels/kernel.ts";

/**
 * Orders above this one are costly: they are not retried for ever, and the OOM killer is not called for them
 * (PAGE_ALLOC_COSTLY_ORDER, include/linux/mmzone.h).
 */
export const COSTLY_ORDER = 3;

/** should_reclaim_retry() gives up after this many rounds without progress (mm/internal.h). */
export const MAX_RECLAIM_RETRIES = 16;

/**
 * The largest int: sizes above it are refused by kvmalloc and by what counts objects in one (include/linux/limits.h).
 */
export const INT_MAX = 0x7fffffff;

/** The largest object of the percpu allocator, in bytes on each CPU (PCPU_MIN_UNIT_SIZE, include/linux/percpu.h). */
export const PERCPU_MAX_BYTES = 32 << 10;

/**
 * The smallest machine that the model reckons with: what a request asks for beyond it may be more than all of memory.
 */
export const LEAST_MEMORY_BYTES: number = 64 * 2 ** 20;

/**
 * HPAGE_PMD_ORDER, the order of a huge page: a table page holds pageBytes / 8 entries. 9 with 4 KiB pages, 11 with 16
 * KiB, 13 with 64 KiB.
 */
export function hugePageOrder(kernel: Kernel): number {
  return Math.log2(kernel.options.pageBytes / 8);
}

/**
 * pageblock_order, include/linux/pageblock-flags.h: that of a huge page with HUGETLB_PAGE, and by version without;
 * never above the largest order.
 */
export function pageblockOrder(kernel: Kernel): number {
  const { features, options } = kernel;
  const follows =
    options.HUGETLB_PAGE ||
    (features.pageblockOrderWithoutHugetlb === "huge-page-order" && options.TRANSPARENT_HUGEPAGE);
  return follows ? Math.min(hugePageOrder(kernel), kernel.maxOrder) : kernel.maxOrder;
}

/**
 * KMALLOC_MAX_CACHE_SIZE of SLUB in bytes: larger objects come straight from the page allocator (include/linux/slab.h).
 */
export function kmallocMaxCacheBytes(kernel: Kernel): number {
  return 2 * kernel.options.pageBytes;
}

/** KMALLOC_MAX_SIZE of SLUB in bytes, the largest block of the page allocator (include/linux/slab.h). */
export function kmallocMaxBytes(kernel: Kernel): number {
  return kernel.options.pageBytes * 2 ** kernel.maxOrder;
}
