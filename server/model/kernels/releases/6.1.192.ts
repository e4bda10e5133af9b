import type { Release } from "./release.ts";

export const v6_1_192: Release = {
  name: "6.1.192",
  source:
    "6.1.192 was read, and recorded while running. Its branch took the reserves of 6.3 (and kept __GFP_ATOMIC), the HIGHATOMIC page of last resort of 6.12, the compaction test of 6.8 and the sleeping percpu of 6.15.",
  features: {
    reclaimableFallsBackToFree: true,
    invalidMigratetypeCrashes: "every-order",
    reserveScheme: "min-reserve",
    atomicMeans: "no-direct-reclaim",
    highatomicNeedsHigh: true,
    nonBlockTakesHighatomicPage: true,
    rtTaskGets: "min-reserve",
    compactionNeedsIo: true,
    costlyNoretryThisNodeGivesUp: true,
    nofailLastResort: "min-reserve",
    vmallocFatalSignal: "aborts-unless-nofail",
    percpuNofsIsAtomic: false,
  },
  brings: ["kfree_rcu_mightsleep", "kvfree_rcu_mightsleep", "memdup_array_user", "vmemdup_array_user"],
};
