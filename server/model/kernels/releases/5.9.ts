import type { Release } from "./release.ts";

export const v5_9: Release = {
  name: "5.9",
  source:
    "Not read. The changes lie between 5.4.85 and 5.10.106; this release is recalled. That a pin scope is a matter of the alloc flags from here on (8510e69c8efe) and that interrupts leave the cpuset (182f3d7a8b4f) are dated by their mails of summer 2020.",
  features: {
    pinScope: "keeps-out-of-cma",
    cpusetConfinesInterrupts: false,
    largeKmallocFixesFlags: true,
    contigTargetMask: "hard-coded",
    percpuAccount: true,
    allocKswapd: 0x800,
  },
  brings: ["kfree_sensitive"],
};
