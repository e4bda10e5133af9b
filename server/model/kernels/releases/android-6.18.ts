import type { Release } from "./release.ts";

export const android6_18: Release = {
  name: "android-6.18",
  source: "The Android common kernel 6.18 was read in mm/page_alloc.c; the rest is that of 6.18.",
  features: {
    costlyNoretryThisNodeGivesUp: true,
    contigNoretryFastMode: true,
  },
};
