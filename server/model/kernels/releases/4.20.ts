import type { Release } from "./release.ts";

export const v4_20: Release = {
  name: "4.20",
  source: "Not read. That kmalloc got caches for __GFP_RECLAIMABLE here is recalled.",
  features: {
    kmallocReclaimCaches: true,
  },
  brings: ["xa_store"],
};
