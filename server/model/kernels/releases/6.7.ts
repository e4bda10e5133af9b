import type { Release } from "./release.ts";

export const v6_7: Release = {
  name: "6.7",
  source: "Not read. That slab chooses the orders of its pages by what they waste from here on is recalled.",
  features: {
    slabOrderBy: "waste",
  },
};
