import { expect, test } from "vitest";
import { releasesFrom } from "../_releases.ts";
import { seriousRules } from "./_findings.ts";

const EVERY = releasesFrom("5.10");

const CONTEXTS = [
  "context rx { in softirq }",
  "context isr { in hardirq }",
  "context spin { in process  holds spinlock }",
  "context spinbh { in process  holds spinlock  in bh_off }",
  "context raw { in process  holds raw_spinlock }",
  "context fsl { in process  holds fs_lock }",
  "context iol { in process  holds io_lock }",
  "context noio { in process  scope noio }",
  "context fsn { in process  holds fs_lock  scope nofs }",
  "request fb {\n  api alloc_pages\n  order 0\n  flags GFP_KERNEL\n}",
].join("\n");

/**
 * Requests as the kernel's own subsystems make them: networking, file systems, block, drivers, mm, BPF, crypto,
 * graphics. Hints may speak of them, nothing louder.
 */
const CALL_SITES: readonly (readonly [string, readonly string[]])[] = [
  ["api alloc_skb; size 1500 B; flags GFP_ATOMIC; context rx; handles null", EVERY],
  ["api alloc_skb; size 256 B; flags GFP_KERNEL; handles null", EVERY],
  ["api __alloc_skb; size 2 KiB; flags GFP_ATOMIC | __GFP_NOWARN; context rx; handles null", EVERY],
  ["api alloc_skb; size 4 KiB; flags GFP_KERNEL_ACCOUNT; handles null", EVERY],
  ["api page_frag_alloc; size 1 KiB; flags GFP_ATOMIC; context rx; handles null", EVERY],
  ["api page_frag_alloc; size 2 KiB; flags GFP_ATOMIC | __GFP_NOWARN; context rx; handles null", EVERY],
  ["api alloc_pages; order 0; flags GFP_ATOMIC | __GFP_NOWARN; context rx; handles null", EVERY],
  ["api alloc_pages; order 0; flags GFP_ATOMIC | __GFP_MEMALLOC; context rx; handles null", EVERY],
  ["api kmem_cache_alloc; cache {size 240}; flags GFP_ATOMIC; context rx; handles null", EVERY],
  ["api kmem_cache_alloc; cache {size 1088 account}; flags GFP_KERNEL; handles null", EVERY],
  ["api kmalloc; size 128 B; flags GFP_ATOMIC | __GFP_NOWARN; context spinbh; handles null", EVERY],
  ["api kvzalloc; size 256 KiB; flags GFP_KERNEL; handles null", EVERY],
  ["api kvmalloc; size 1 MiB; flags GFP_KERNEL_ACCOUNT | __GFP_NOWARN; handles null", EVERY],
  ["api kvcalloc; count 4096; size 16 B; flags GFP_KERNEL | __GFP_RETRY_MAYFAIL; handles null", EVERY],
  [
    "api alloc_pages_bulk_array_node; count 64; node any; flags GFP_ATOMIC | __GFP_NOWARN; context rx; handles null",
    releasesFrom("5.13", "6.13"),
  ],
  ["api kmalloc; size 256 B; flags GFP_NOFS; context fsl; handles null", EVERY],
  ["api kmalloc; size 256 B; flags GFP_KERNEL; context fsn; handles null", EVERY],
  ["api kmalloc; size 256 B; flags GFP_NOFS | __GFP_NOFAIL", EVERY],
  ["api kmem_cache_alloc; cache {size 400 reclaimable account}; flags GFP_NOFS | __GFP_NOFAIL", EVERY],
  ["api kmem_cache_zalloc; cache {size 104}; flags GFP_KERNEL | __GFP_NOFAIL", EVERY],
  ["api kmalloc; size 64 B; flags GFP_KERNEL | __GFP_NOLOCKDEP; handles null", EVERY],
  ["api kvmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOLOCKDEP | __GFP_NOFAIL", releasesFrom("6.12")],
  ["api kvmalloc; size 64 KiB; flags GFP_KERNEL; context fsn; handles null", EVERY],
  ["api folio_alloc; order 0; flags GFP_NOFS | __GFP_ACCOUNT; handles null", releasesFrom("6.1")],
  [
    "api folio_alloc; order 2; flags GFP_HIGHUSER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN; handles null",
    releasesFrom("6.1"),
  ],
  ["api alloc_pages; order 0; flags GFP_HIGHUSER_MOVABLE | __GFP_WRITE; handles null", EVERY],
  ["api alloc_pages; order 0; flags GFP_HIGHUSER_MOVABLE; handles null", EVERY],
  ["api get_zeroed_page; flags GFP_KERNEL; handles null", EVERY],
  ["api __get_free_pages; order 0; flags GFP_KERNEL | __GFP_ZERO; handles null", EVERY],
  ["api xa_store; flags GFP_NOFS; handles null", EVERY],
  ["api xa_store; flags GFP_KERNEL; handles null", EVERY],
  ["api radix_tree_preload; flags GFP_NOFS & ~__GFP_HIGHMEM", EVERY],
  ["api kmem_cache_alloc; cache {size 192 reclaimable account ctor}; flags GFP_KERNEL; handles null", EVERY],
  ["api kmalloc; size 4 KiB; flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN; handles null; fallback fb", EVERY],
  ["api krealloc; size 1 KiB; flags GFP_KERNEL; handles null", EVERY],
  ["api vmalloc; size 1 MiB; handles null", EVERY],
  ["api __vmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_ZERO; handles null", EVERY],
  ["api __vmalloc; size 64 KiB; flags GFP_NOFS | __GFP_ZERO; handles null", releasesFrom("5.17")],
  ["api bio_alloc; flags GFP_NOIO", EVERY],
  ["api bio_alloc_bioset; flags GFP_NOWAIT; handles null", EVERY],
  ["api bio_alloc_bioset; flags GFP_KERNEL", EVERY],
  ["api mempool_alloc; flags GFP_NOIO", EVERY],
  ["api mempool_alloc; flags GFP_ATOMIC; context rx; handles null", EVERY],
  ["api mempool_alloc; flags GFP_NOFS", EVERY],
  ["api kmalloc; size 512 B; flags GFP_NOIO; context iol; handles null", EVERY],
  ["api kmalloc_node; size 512 B; node 1; flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN; handles null", EVERY],
  [
    "api alloc_pages_node; order 4; node 1; flags GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY | __GFP_ZERO; handles null; fallback fb",
    EVERY,
  ],
  ["api alloc_pages; order 0; flags GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY; handles null", EVERY],
  ["api kzalloc; size 2 KiB; flags GFP_KERNEL; handles null", EVERY],
  ["api kcalloc; count 32; size 64 B; flags GFP_KERNEL; handles null", EVERY],
  ["api kmalloc; size 64 B; flags GFP_ATOMIC; context isr; handles null", EVERY],
  ["api kmalloc; size 64 B; flags GFP_ATOMIC; context irqs_off; handles null", EVERY],
  ["api dma_alloc_coherent; size 64 KiB; flags GFP_KERNEL; handles null", EVERY],
  ["api dma_alloc_coherent; size 64 KiB; flags GFP_KERNEL | __GFP_NOWARN; handles null", EVERY],
  ["api dma_pool_alloc; flags GFP_ATOMIC; context spin; handles null", EVERY],
  ["api dma_pool_alloc; flags GFP_KERNEL; handles null", EVERY],
  ["api dma_pool_alloc; flags GFP_KERNEL | __GFP_ZERO; handles null", EVERY],
  ["api alloc_pages_exact; size 12 KiB; flags GFP_KERNEL | __GFP_ZERO; handles null", EVERY],
  ["api alloc_pages; order 0; flags GFP_KERNEL | __GFP_DMA32; handles null", EVERY],
  ["api idr_alloc; flags GFP_KERNEL; handles null", EVERY],
  ["api idr_alloc; flags GFP_ATOMIC; context spin; handles null", EVERY],
  ["api idr_alloc; flags GFP_NOWAIT; context spin; handles null", EVERY],
  ["api alloc_percpu_gfp; size 64 B; flags GFP_KERNEL; handles null", EVERY],
  ["api alloc_percpu_gfp; size 64 B; flags GFP_KERNEL | __GFP_NOWARN; handles null", EVERY],
  ["api alloc_percpu; size 64 B; handles null", EVERY],
  ["api alloc_pages; order 9; flags GFP_TRANSHUGE; handles null", EVERY],
  ["api alloc_pages; order 9; flags GFP_TRANSHUGE_LIGHT | __GFP_KSWAPD_RECLAIM; handles null", EVERY],
  ["api alloc_pages_node; order 9; node 1; flags GFP_TRANSHUGE_LIGHT | __GFP_THISNODE; handles null", EVERY],
  ["api alloc_pages_node; order 9; node 1; flags GFP_TRANSHUGE | __GFP_THISNODE | __GFP_NORETRY; handles null", EVERY],
  [
    "api alloc_pages_node; order 9; node 1; flags GFP_HIGHUSER | __GFP_COMP | __GFP_RETRY_MAYFAIL | __GFP_NOWARN; handles null",
    EVERY,
  ],
  [
    "api alloc_pages_node; order 0; node 1; flags GFP_HIGHUSER_MOVABLE | __GFP_THISNODE | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN & ~__GFP_RECLAIM; handles null",
    EVERY,
  ],
  ["api alloc_pages; order 0; flags GFP_KERNEL_ACCOUNT | __GFP_ZERO; handles null", EVERY],
  ["api kmalloc; size 64 B; flags __GFP_HIGH | __GFP_NOWARN; context raw; handles null", EVERY],
  ["api alloc_contig_range; pages 512; flags GFP_KERNEL; handles null", [...releasesFrom("5.10"), "6.12.117"]],
  [
    "api alloc_contig_pages; pages 262144; flags GFP_KERNEL | __GFP_NOWARN; node 0; handles null",
    [...releasesFrom("5.10"), "6.12.117"],
  ],
  ["api cma_alloc; pages 512; handles null", EVERY],
  [
    "api kvmalloc; size 64 KiB; flags GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL; handles null",
    EVERY,
  ],
  ["api kmalloc; size 64 B; flags GFP_USER | __GFP_ACCOUNT | __GFP_NOWARN; handles null", EVERY],
  ["api alloc_percpu_gfp; size 64 B; flags GFP_USER | __GFP_NOWARN; handles null", EVERY],
  ["api try_alloc_pages; order 0; context nmi; handles null", ["6.15"]],
  ["api alloc_pages_nolock; order 0; flags __GFP_ACCOUNT; context nmi; handles null", releasesFrom("6.18")],
  ["api kmalloc_nolock; size 64 B; flags __GFP_ZERO | __GFP_ACCOUNT; context raw; handles null", releasesFrom("6.18")],
  ["api kmalloc; size 128 B; flags GFP_ATOMIC; context bh_off; handles null", EVERY],
  ["api kmalloc; size 64 B; flags GFP_KERNEL; context noio; handles null", EVERY],
  ["api alloc_pages; order 0; flags GFP_HIGHUSER | __GFP_RETRY_MAYFAIL | __GFP_NOWARN; handles null", EVERY],
  ["api kvmalloc_array; count 512; size 8 B; flags GFP_KERNEL | __GFP_NOWARN; handles null", EVERY],
  ["api kmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOWARN; handles null", EVERY],
  ["api kmalloc; size 16 KiB; flags GFP_KERNEL; handles null", EVERY],
  ["api skb_page_frag_refill; size 2 KiB; flags GFP_KERNEL; handles null", EVERY],
  ["api skb_page_frag_refill; size 2 KiB; flags GFP_ATOMIC; context rx; handles null", EVERY],
];

test.each(CALL_SITES)("no error and no warning for %s", (properties, kernels) => {
  const request = `request example {\n${properties
    .split(";")
    .map((property) => `  ${property.trim()}\n`)
    .join("")}}\n`;
  const found = kernels.flatMap((kernel) =>
    seriousRules(`kernel ${kernel}\n${CONTEXTS}\n${request}`).map((rule) => `${kernel} ${rule}`),
  );
  expect(found).toEqual([]);
});
