import type { Release } from "./release.ts";

export const v4_20: Release = {
  name: "4.20",
  source:
    "Not read. That kmalloc got caches for __GFP_RECLAIMABLE here is recalled. That the order is checked on entry was posted and merged in November 2018, during this release.",
  features: {
    orderCheckedOnEntry: true,
    hasXArray: true,
    kmallocReclaimCaches: true,
  },
};
