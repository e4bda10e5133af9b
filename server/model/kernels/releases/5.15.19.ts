import type { Release } from "./release.ts";

export const v5_15_19: Release = {
  name: "5.15.19",
  source:
    "5.15.19 was read. The silence about __GFP_DMA without a managed DMA zone was brought to the stable branch; that a dying task is no longer charged above the limit (5.15.3) is recalled.",
  features: {
    dmaFailureSilentWithoutManagedDma: true,
    memcgDyingIsCharged: false,
  },
};
