import { flags5_1 } from "../flags/5.1.ts";
import type { Release } from "./release.ts";

export const v5_1: Release = {
  name: "5.1",
  source:
    "Not read. The new flag values were proposed in January 2019, are absent in 5.0.4 and printed by 5.2; that they begin here is recalled, and so are PF_MEMALLOC_NOCMA (d7fefcc8de91) and the page that a compaction captures (5e1f0f098b46).",
  flags: flags5_1,
  features: {
    pinScope: "clears-movable-with-cma",
    compactionTriesFreeLists: "always",
  },
};
