import type { Release } from "./release.ts";

export const v5_11: Release = {
  name: "5.11",
  source: "Not read. That a range is drained for once, and not after each of its pageblocks, is recalled.",
  features: { contigDrainsEachBlock: false },
  brings: ["krealloc_array"],
};
