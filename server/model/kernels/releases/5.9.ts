import type { Release } from "./release.ts";

export const v5_9: Release = {
  name: "5.9",
  source: "Not read. The changes lie between 5.4.85 and 5.10.106; this release is recalled.",
  features: {
    largeKmallocFixesFlags: true,
    contigTargetMask: "hard-coded",
    percpuAccount: true,
    allocKswapd: 0x800,
  },
};
