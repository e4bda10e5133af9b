import { expect, test } from "vitest";
import { ALL } from "../../server/rules/index.ts";
import { apiNamed } from "../../server/model/apis.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { firing, kernelNamed, type Asked } from "./_subject.ts";

const KIB = 1024;

/** What kernel code asks for every day, rightly: no rule may have anything to say about it, not even a hint. */
const ORDINARY: readonly Asked[] = [
  { api: "kmalloc", size: 64, flags: "GFP_KERNEL" },
  { api: "kmalloc", size: 64, flags: "GFP_KERNEL | __GFP_ZERO" },
  { api: "kmalloc", size: 64, flags: "GFP_KERNEL", handles: "null" },
  { api: "kmalloc", size: 64, flags: "GFP_KERNEL_ACCOUNT" },
  { api: "kmalloc", size: 192, flags: "GFP_ATOMIC", context: ["softirq"] },
  { api: "kmalloc", size: 192, flags: "GFP_ATOMIC", holds: ["spinlock"] },
  { api: "kmalloc", size: 192, flags: "GFP_ATOMIC | __GFP_NOWARN", context: ["hardirq"] },
  { api: "kmalloc", size: 64, flags: "GFP_KERNEL", holds: ["fs_lock"], scopes: ["nofs"] },
  { api: "kmalloc", size: 64, flags: "GFP_KERNEL", holds: ["io_lock"], scopes: ["noio"] },
  { api: "kmalloc", size: 64, flags: "GFP_KERNEL", holds: ["mutex"] },
  { api: "kzalloc", size: 512, flags: "GFP_KERNEL" },
  { api: "kcalloc", size: 16, count: 32, flags: "GFP_KERNEL" },
  { api: "kmemdup", size: 100, flags: "GFP_KERNEL" },
  { api: "krealloc", size: 100, flags: "GFP_KERNEL" },
  { api: "kmem_cache_alloc", cache: { sizeBytes: 256 }, flags: "GFP_KERNEL" },
  { api: "kmem_cache_alloc", cache: { sizeBytes: 256, ctor: true }, flags: "GFP_KERNEL" },
  { api: "kmem_cache_zalloc", cache: { sizeBytes: 256 }, flags: "GFP_KERNEL" },
  { api: "alloc_pages", order: 0, flags: "GFP_KERNEL | __GFP_ZERO" },
  { api: "alloc_pages", order: 1, flags: "GFP_KERNEL | __GFP_ZERO" },
  { api: "alloc_pages", order: 2, flags: "GFP_KERNEL | __GFP_ZERO" },
  { api: "alloc_pages", order: 2, flags: "GFP_KERNEL | __GFP_COMP" },
  { api: "alloc_pages", order: 0, flags: "GFP_ATOMIC | __GFP_NOWARN", context: ["softirq"] },
  { api: "alloc_pages", order: 0, flags: "GFP_HIGHUSER_MOVABLE" },
  { api: "__get_free_pages", order: 0, flags: "GFP_KERNEL" },
  { api: "get_zeroed_page", flags: "GFP_KERNEL" },
  { api: "folio_alloc", order: 0, flags: "GFP_KERNEL" },
  { api: "alloc_pages_exact", size: 12 * KIB, flags: "GFP_KERNEL" },
  { api: "alloc_pages_bulk", count: 16, flags: "GFP_KERNEL", handles: "null" },
  { api: "kvmalloc", size: 256 * KIB, flags: "GFP_KERNEL" },
  { api: "kvmalloc", size: 256 * KIB, flags: "GFP_KERNEL | __GFP_NOWARN" },
  { api: "kvzalloc", size: 256 * KIB, flags: "GFP_KERNEL" },
  { api: "kvcalloc", size: 64, count: 4096, flags: "GFP_KERNEL_ACCOUNT" },
  { api: "vmalloc", size: 256 * KIB, flags: null },
  { api: "vzalloc", size: 256 * KIB, flags: null },
  { api: "__vmalloc", size: 256 * KIB, flags: "GFP_KERNEL_ACCOUNT | __GFP_ZERO" },
  { api: "alloc_contig_range", pages: 512, flags: "GFP_KERNEL" },
  { api: "alloc_contig_pages", pages: 512, flags: "GFP_KERNEL | __GFP_NOWARN" },
  { api: "cma_alloc", pages: 512, flags: null },
  { api: "dma_alloc_coherent", size: 16 * KIB, flags: "GFP_KERNEL" },
  { api: "dma_alloc_pages", size: 16 * KIB, flags: "GFP_KERNEL" },
  { api: "dma_pool_alloc", flags: "GFP_KERNEL" },
  { api: "mempool_alloc", flags: "GFP_KERNEL" },
  { api: "bio_alloc", flags: "GFP_KERNEL" },
  { api: "alloc_percpu_gfp", size: 64, flags: "GFP_KERNEL" },
  { api: "alloc_percpu", size: 64, flags: null },
  { api: "alloc_skb", size: 1500, flags: "GFP_KERNEL" },
  { api: "alloc_skb", size: 1500, flags: "GFP_ATOMIC", context: ["softirq"] },
  { api: "page_frag_alloc", size: 2 * KIB, flags: "GFP_ATOMIC", context: ["softirq"] },
  { api: "xa_store", flags: "GFP_KERNEL" },
  { api: "idr_alloc", flags: "GFP_KERNEL" },
  { api: "idr_alloc", flags: "GFP_ATOMIC", holds: ["spinlock"] },
  { api: "radix_tree_preload", flags: "GFP_KERNEL" },
];

test.each(ORDINARY.map((asked) => [JSON.stringify(asked), asked] as const))(
  "no rule has anything to say about %s, on any kernel",
  (_text, asked) => {
    for (const kernel of knownKernels()) {
      if (apiNamed(asked.api ?? "kmalloc")?.exists(kernelNamed(kernel)) === true)
        expect(firing(ALL, { ...asked, kernel }), kernel).toEqual([]);
    }
  },
);
