import type { Release } from "./release.ts";

export const v5_2: Release = {
  name: "5.2",
  source: "Not read. That alloc_pages_exact() drops __GFP_COMP from here on is recalled; 5.4.85 does.",
  features: {
    exactDropsComp: true,
  },
};
