import type { Release } from "./release.ts";

export const v5_13: Release = {
  name: "5.13",
  source: "Not read. The changes lie between 5.10.106 and 5.15.19; this release is recalled.",
  features: {
    scopesApplyToFastPath: true,
    pinScope: "clears-movable",
    compactionTriesFreeLists: "unless-skipped",
    vmallocReports: "error",
    contigEndsAtEnomem: true,
    contigPagesMoves: true,
    hasBulkAlloc: true,
    contigLru: "cache-disable",
    contigMovesHugetlb: true,
  },
  brings: ["dma_alloc_noncontiguous"],
};
