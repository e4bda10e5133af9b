import type { Release } from "./release.ts";

export const v6_12: Release = {
  name: "6.12",
  source:
    "The mainline release was not read; 6.12.117, a later point of its branch, was, and has later work: ask for 6.12.117 by name. What is later work is recalled.",
  features: {
    vmallocBatchesCarryNofail: true,
    nonBlockTakesHighatomicPage: true,
    reclaimRetryRespectsCpuset: true,
    nofailWarns: "on-slowpath-entry",
    nofailHighOrderWarns: "on-slowpath-entry",
    nofailCostlyWarnsWhenFailing: false,
    contigComp: "supported",
    pageblockOrderWithoutHugetlb: "huge-page-order",
  },
  brings: ["kmem_cache_charge", "vrealloc", "folio_alloc_gigantic", "cma_alloc_folio"],
};
