import type { Release } from "./release.ts";

export const v6_16: Release = {
  name: "6.16",
  source: "Not read. This release is recalled.",
  features: {
    nolockPages: "alloc_pages_nolock",
    kvmallocFirstTry: "no-direct-reclaim",
  },
};
