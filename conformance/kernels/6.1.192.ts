import { DEBUG_CONFIG, type RecordedKernel } from "./recorded-kernel.ts";

export const v6_1_192: RecordedKernel = {
  release: "6.1.192",
  v: "6.1",
  times: "twice",
  tree: "Debian's linux-source-6.1, x86-64",
  options: DEBUG_CONFIG,
  sites: {
    "mm/page_alloc.c:3891": "rmqueue: nofail above order 1",
    "mm/page_alloc.c:5118": "slowpath entry: atomic with direct reclaim",
    "mm/page_alloc.c:5367": "nopage: nofail without direct reclaim",
    "mm/page_alloc.c:5375": "nopage: nofail under PF_MEMALLOC",
    "mm/page_alloc.c:5383": "nopage: nofail costly order",
    "mm/page_alloc.c:5634": "alloc_pages: order above maximum",
    "include/linux/gfp.h:18": "gfp_migratetype: movable and reclaimable",
    "include/linux/gfp.h:136": "gfp_zone: invalid zone bits",
    "mm/slub.c:2001": "allocate_slab: zero with constructor",
    "mm/mempool.c:401": "mempool_alloc: zero",
    "mm/page_alloc.c:5930": "alloc_pages_exact: compound or highmem",
    "mm/percpu.c:1758": "pcpu_alloc: size or alignment",
    "mm/util.c:596": "kvmalloc_node: above INT_MAX",
    "mm/vmalloc.c:3227": "__vmalloc_node_range: size 0",
    "mm/vmalloc.c:2554": "__get_vm_area_node: in interrupt",
    "mm/page_alloc.c:3644": "split_page: compound page",
    "kernel/dma/mapping.c:553": "dma_alloc_pages: zone flags",
  },
  known: [],
};
