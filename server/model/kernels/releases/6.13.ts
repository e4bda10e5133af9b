import type { Release } from "./release.ts";

export const v6_13: Release = {
  name: "6.13",
  source:
    "Not read. That the free pages of a zone with nothing to reclaim count as reclaimable from here on is recalled; 6.1.192 and 6.12.117 were seen to count them.",
  features: { reclaimableFallsBackToFree: true },
};
