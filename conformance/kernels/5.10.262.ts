import { textOf } from "../row.ts";
import { DEBUG_CONFIG, type RecordedKernel } from "./recorded-kernel.ts";

export const v5_10_262: RecordedKernel = {
  release: "5.10.262",
  v: "5.10",
  times: "twice",
  tree: "Debian's linux-source-5.10, x86-64",
  options: DEBUG_CONFIG,
  sites: {
    "mm/page_alloc.c:3451": "rmqueue: nofail above order 1",
    "mm/page_alloc.c:4664": "slowpath entry: atomic with direct reclaim",
    "mm/page_alloc.c:4912": "nopage: nofail without direct reclaim",
    "mm/page_alloc.c:4920": "nopage: nofail under PF_MEMALLOC",
    "mm/page_alloc.c:4928": "nopage: nofail costly order",
    "mm/page_alloc.c:5013": "alloc_pages: order above maximum",
    "include/linux/gfp.h:319": "gfp_migratetype: movable and reclaimable",
    "include/linux/gfp.h:457": "gfp_zone: invalid zone bits",
    "mm/slub.c:2580": "allocate_slab: zero with constructor",
    "mm/mempool.c:380": "mempool_alloc: zero",
    "mm/page_alloc.c:5276": "alloc_pages_exact: compound or highmem",
    "mm/percpu.c:1714": "pcpu_alloc: size or alignment",
    "mm/util.c:618": "kvmalloc_node: above INT_MAX",
    "mm/vmalloc.c:2070": "__get_vm_area_node: in interrupt",
    "kernel/dma/mapping.c:482": "dma_alloc_pages: zone flags",
  },
  known: [
    {
      kind: "pressure_api",
      fields: ["result", "node", "zone", "report"],
      applies: (row) => textOf(row, "state").startsWith("frag0"),
      reason:
        "kswapd and kcompactd, which the row had woken, put a larger block together meanwhile. A second run did not repeat all such rows.",
    },
  ],
};
