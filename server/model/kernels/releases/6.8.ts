import type { Release } from "./release.ts";

export const v6_8: Release = {
  name: "6.8",
  kind: "mainline",
  basedOn: "6.7",
  source: "6.8.0 was read.",
  composites: { NOWAIT: ["KSWAPD_RECLAIM", "NOWARN"] },
  features: {
    compactionNeedsIo: true,
  },
};
