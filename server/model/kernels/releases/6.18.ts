import type { Release } from "./release.ts";

export const v6_18: Release = {
  name: "6.18",
  source:
    "Not read; the Android tree based on it was. When alloc_contig stopped to force HARDWALL lies between 6.14 and this release; when HIGHATOMIC began to ask for __GFP_HIGH lies between 6.8 and this release, and 6.1.192 and 6.12.117 have it. That free pages no longer count as reclaimable, that throttling leaves zones with free pages out, and that nodes are passed over while their kswapd runs lies between 6.12.117 and 7.2.13; this release is assumed.",
  features: {
    highatomicNeedsHigh: true,
    nolockPages: "alloc_pages_nolock-with-gfp",
    slabBulkMustSpin: true,
    contigForcesHardwall: false,
    reclaimableFallsBackToFree: false,
    throttlingLeavesOut: "unreclaimable-with-free-pages",
    nodesWithKswapdAwakeComeLast: true,
  },
  brings: [
    "kfree_nolock",
    "kmem_cache_prefill_sheaf",
    "kmem_cache_refill_sheaf",
    "krealloc_node_align",
    "kvmalloc_node_align",
    "kmalloc_nolock",
  ],
};
