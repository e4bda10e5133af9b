import type { Release } from "./release.ts";

export const v5_17: Release = {
  name: "5.17",
  source:
    "Not read. The changes lie between 5.15.19 and 5.19.12; this release is recalled. That __GFP_NOWARN silences an oversized kvmalloc (0708a0afe291, March 2022) and that a DMA zone without memory is not reported (January 2022) is dated by mails.",
  features: {
    dmaFailureSilentWithoutManagedDma: true,
    kvmallocFallsBack: "any",
    kvmallocDropsNofailFirst: true,
    vmallocNofail: true,
    kvmallocIntMaxHonoursNowarn: true,
    vmallocPageTables: "scope-of-mask",
  },
  brings: ["bitmap_alloc_node", "bitmap_zalloc_node"],
};
