import type { Release } from "./release.ts";

export const v6_12: Release = {
  name: "6.12",
  source:
    "Told from 6.12.117, a later point of the same branch, which was read; 6.12 itself was not. Work of later releases that 6.12.117 carries is left out here, as far as it is recalled: ask for 6.12.117 by name to have it.",
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
