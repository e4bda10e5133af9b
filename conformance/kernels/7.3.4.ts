import { eventOf, textOf, textsOf, type Row } from "../row.ts";
import { DEBUG_CONFIG, type RecordedKernel } from "./recorded-kernel.ts";

/** put_page_testzero() */
const FREED_AS_CMA = "include/linux/mm.h:1846";

const DMA_OR_DMA32 = 5;

function isThrottledForLowZone(row: Row): boolean {
  return (Number(textOf(row, "g")) & DMA_OR_DMA32) !== 0 && eventOf(row, "throttle") > 0;
}

export const v7_3_4: RecordedKernel = {
  release: "7.3.4",
  v: "7.3",
  times: "once",
  tree: "Debian's linux-source-7.3, x86-64",
  options: DEBUG_CONFIG,
  sites: {
    "mm/page_alloc.c:4812": "slowpath entry: nofail without direct reclaim",
    "mm/page_alloc.c:4818": "slowpath entry: nofail under PF_MEMALLOC",
    "mm/page_alloc.c:5363": "alloc_pages: order above maximum",
    "mm/page_alloc.c:5425": "alloc_pages_nolock: unexpected flags",
    "mm/page_alloc.h:291": "gfp_migratetype: movable and reclaimable",
    "include/linux/gfp.h:141": "gfp_zone: invalid zone bits",
    "mm/slub.c:3509": "allocate_slab: zero with constructor",
    "mm/slub.c:5452": "kmalloc_nolock: unexpected flags",
    "mm/slub.c:7023": "kvmalloc_node: above INT_MAX",
    "mm/mempool.c:563": "mempool_alloc: zero",
    "mm/page_alloc.c:5661": "alloc_pages_exact: compound or highmem",
    "mm/percpu.c:1781": "pcpu_alloc: size or alignment",
    "mm/vmalloc.c:3228": "__get_vm_area_node: in interrupt",
    "mm/vmalloc.c:3985": "vmalloc_fix_flags: unsupported flags",
    "mm/vmalloc.c:4037": "__vmalloc_node_range: size 0",
    "mm/internal.h:662": "split_page: compound page",
    "kernel/dma/mapping.c:646": "dma_alloc_attrs: compound",
    "kernel/dma/mapping.c:724": "dma_alloc_pages: zone flags",
    "kernel/dma/mapping.c:726": "dma_alloc_pages: compound",
    "mm/page_alloc.c:7437": "alloc_contig_range: compound of an uneven range",
    "mm/page_alloc.c:7468": "alloc_contig_range: compound",
    "mm/page_alloc.c:7639": "alloc_contig_pages: compound",
  },
  known: [
    {
      kind: "deadly",
      fields: ["result", "node", "zone", "fixup"],
      applies: (row) => textOf(row, "out") === "hang",
      reason: "A call that slept with interrupts off did not come back; nothing but a timer would have woken the task.",
    },
    {
      kind: "contig",
      fields: ["result", "node", "zone", "target"],
      applies: (row) => textsOf(row, "bug").includes(FREED_AS_CMA),
      reason:
        "The page came as the model says, from a CMA pageblock; the recorder's dma_free_contiguous() took it for memory of the area, and freeing that is a BUG with DEBUG_VM.",
    },
    ...["pressure", "pressure_api", "pressure_frag_movable"].map((kind) => ({
      kind,
      fields: ["result", "attempts", "directReclaim", "warn"],
      applies: isThrottledForLowZone,
      reason:
        "A request for a zone below Normal was throttled. Whether kswapd looks at that zone, which it cannot balance, until it gives the node up, or is woken for Normal and finds that balanced, is a race: of 15 such rows 8 waited without end.",
    })),
    ...["pressure", "pressure_ctx", "pressure_api"].map((kind) => ({
      kind,
      fields: ["node"],
      applies: (row: Row) => eventOf(row, "wake") > 0,
      reason:
        "Both nodes had memory when the page was taken, and kswapd of node 0 was still running while that of node 1 slept already: its zones were passed over (skip_kswapd_nodes). When kswapd goes to sleep is not followed.",
    })),
  ],
};
