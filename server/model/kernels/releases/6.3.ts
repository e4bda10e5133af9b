import type { Release } from "./release.ts";

export const v6_3: Release = {
  name: "6.3",
  source: "Not read. The changes lie between 6.1 and 6.5-rc1; this release is recalled.",
  flags: {
    kind: "fixed-change",
    source:
      "include/linux/gfp_types.h; lies between 6.1.192 and 6.5-rc1, which were read; bit 0x200 stays unused; the release that removed ATOMIC is recalled",
    without: ["ATOMIC"],
  },
  composites: { ATOMIC: ["HIGH", "KSWAPD_RECLAIM"] },
  features: {
    reserveScheme: "min-reserve",
    atomicMeans: "no-direct-reclaim",
    rtTaskGets: "min-reserve",
    warnsAtomicWithDirectReclaim: false,
    nofailLastResort: "min-reserve",
    vmallocReportsPageFailure: true,
  },
  brings: ["kfree_rcu_mightsleep", "kvfree_rcu_mightsleep", "devm_krealloc_array", "vma_alloc_zeroed_movable_folio"],
  drops: ["iommu_map_atomic"],
};
