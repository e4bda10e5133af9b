import type { Release } from "./release.ts";

export const v5_0: Release = {
  name: "5.0",
  source:
    "Not read, but its flag values are those that 5.0.4 prints. That ALLOC_KSWAPD and ALLOC_NOFRAGMENT begin here is recalled.",
  features: {
    dmaAlwaysClears: true,
    allocKswapd: 0x200,
    fastPathAvoidsFragmentation: true,
  },
};
