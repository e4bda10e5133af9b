import type { Release } from "./release.ts";

export const v6_15: Release = {
  name: "6.15",
  source:
    "Not read. This release is recalled; that flags are printed by bit from here on (ca29a0bf1221) is dated by its pull request of March 2025.",
  features: {
    printOrder: "by-bit",
    nolockPages: "try_alloc_pages",
    percpuNofsIsAtomic: false,
  },
  brings: ["free_pages_nolock"],
};
