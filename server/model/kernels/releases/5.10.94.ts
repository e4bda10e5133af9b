import type { Release } from "./release.ts";

export const v5_10_94: Release = {
  name: "5.10.94",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that is silent about __GFP_DMA without a managed DMA zone.",
  features: {
    dmaFailureSilentWithoutManagedDma: true,
  },
};
