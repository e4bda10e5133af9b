import type { Release } from "./release.ts";

export const v5_10_233: Release = {
  name: "5.10.233",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that counts the free pages of a zone with nothing to reclaim, as 6.13 does.",
  features: {
    reclaimableFallsBackToFree: true,
  },
};
