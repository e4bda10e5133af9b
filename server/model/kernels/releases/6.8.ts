import type { Release } from "./release.ts";

export const v6_8: Release = {
  name: "6.8",
  source:
    "6.8.0 was read. That GFP_NOWAIT has __GFP_NOWARN since this release is said, with its author's review, in a mail of July 2024 (16f5dfbc851b).",
  composites: { NOWAIT: ["KSWAPD_RECLAIM", "NOWARN"] },
  features: {
    compactionNeedsIo: true,
    highatomicNeedsMinimumZone: true,
  },
};
