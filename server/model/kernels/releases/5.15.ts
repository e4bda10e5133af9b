import type { Release } from "./release.ts";

export const v5_15: Release = {
  name: "5.15",
  source:
    "Read at 5.15.19, a point of the stable branch with other work on top. The refusal of kvmalloc above INT_MAX (7661809d493b) came with the merge window of this release.",
  features: {
    interruptMeans: "not-in_task",
    compactRetryStopsOnFatalSignal: true,
    kvmallocRefusesAboveIntMax: true,
    contigNowarnSuppressesDump: true,
  },
  brings: ["devm_bitmap_alloc", "devm_bitmap_zalloc", "page_pool_alloc_frag", "page_pool_dev_alloc_frag", "kvrealloc"],
};
