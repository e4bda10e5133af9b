import type { Release } from "./release.ts";

export const v6_2: Release = {
  name: "6.2",
  source:
    "Not read. That the DMA API refuses __GFP_COMP, and the order of the constants KMALLOC_*, changed between 6.1.192 and 6.5-rc1; this release is recalled.",
  features: {
    dmaRefusesComp: true,
    kmallocTypeOrder: "cgroup-last",
  },
  brings: ["slab_build_skb"],
};
