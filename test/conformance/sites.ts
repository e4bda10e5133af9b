import type { Release } from "./row.ts";

/**
 * Where the model's named sites stand in the recorded trees. Data of the recordings, not of the model: other trees have
 * other lines.
 */
const SITES: Readonly<Record<Release, Readonly<Record<string, string>>>> = {
  "6.1.192": {
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
  "6.12.117": {
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
};

/** gfp_zone()'s VM_BUG_ON; what comes after it in the header checks the node's number. */
const GFP_ZONE_LINE: Readonly<Record<Release, number>> = { "6.1.192": 136, "6.12.117": 143 };

/** The names of recorded sites (`file:line function`); a site that is not listed keeps its text, so that it shows as a difference. */
export function siteNames(release: Release, sites: readonly string[]): readonly string[] {
  return sites.map((site) => SITES[release][site.split(" ")[0] ?? ""] ?? nodeSite(release, site) ?? site);
}

function nodeSite(release: Release, site: string): string | null {
  const match = /^include\/linux\/gfp\.h:(\d+)/.exec(site);
  return match !== null && Number(match[1]) > GFP_ZONE_LINE[release] ? "__alloc_pages_node: node out of range" : null;
}
