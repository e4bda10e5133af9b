import { DEBUG_CONFIG, type RecordedKernel } from "./recorded-kernel.ts";

export const v6_12_117: RecordedKernel = {
  release: "6.12.117",
  v: "6.12",
  times: "twice",
  tree: "Debian's linux-source-6.12, x86-64",
  options: DEBUG_CONFIG,
  sites: {
    "mm/page_alloc.c:4309": "slowpath entry: nofail above order 1",
    "mm/page_alloc.c:4314": "slowpath entry: nofail without direct reclaim",
    "mm/page_alloc.c:4320": "slowpath entry: nofail under PF_MEMALLOC",
    "mm/page_alloc.c:4832": "alloc_pages: order above maximum",
    "include/linux/gfp.h:25": "gfp_migratetype: movable and reclaimable",
    "include/linux/gfp.h:143": "gfp_zone: invalid zone bits",
    "mm/slub.c:2700": "allocate_slab: zero with constructor",
    "mm/mempool.c:411": "mempool_alloc: zero",
    "mm/page_alloc.c:5139": "alloc_pages_exact: compound or highmem",
    "mm/percpu.c:1780": "pcpu_alloc: size or alignment",
    "mm/util.c:670": "kvmalloc_node: above INT_MAX",
    "mm/vmalloc.c:3838": "__vmalloc_node_range: size 0",
    "mm/vmalloc.c:3177": "__get_vm_area_node: in interrupt",
    "mm/page_alloc.c:2878": "split_page: compound page",
    "mm/cma.c:525": "cma_alloc_folio: without compound",
    "kernel/dma/mapping.c:605": "dma_alloc_attrs: compound",
    "kernel/dma/mapping.c:674": "dma_alloc_pages: zone flags",
    "kernel/dma/mapping.c:676": "dma_alloc_pages: compound",
    "mm/page_alloc.c:6792": "alloc_contig_range: compound of an uneven range",
  },
  known: [
    {
      kind: "pressure_frag_movable",
      fields: ["attempts"],
      applies: () => true,
      reason:
        "Compaction in 6.12 often handed the block that it made to the caller at once (capture_control), who then did not try the free lists again; the model always tries them. In 6.1.192 this was not seen. Some rows differ because kcompactd moved the same pages.",
    },
  ],
};
