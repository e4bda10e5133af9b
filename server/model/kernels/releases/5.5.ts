import type { Release } from "./release.ts";

export const v5_5: Release = {
  name: "5.5",
  source: "Not read. The test after the first compaction lies between 5.4.85 and 5.10.106; this release is recalled.",
  features: {
    costlyNoretryGivesUpOn: "skipped-or-deferred",
    hugeOrderGivesUpAfterFirstCompaction: false,
  },
  brings: ["alloc_contig_pages"],
};
