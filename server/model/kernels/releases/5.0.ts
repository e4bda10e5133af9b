import type { Release } from "./release.ts";

export const v5_0: Release = {
  name: "5.0",
  kind: "mainline",
  basedOn: "4.20",
  source: "Not read, but its flag values are those that 5.0.4 prints. That the order is checked on entry, ALLOC_KSWAPD and ALLOC_NOFRAGMENT begin here is recalled; 5.4.85 has them.",
  features: {
    dmaAlwaysClears: true,
    orderCheckedOnEntry: true,
    allocKswapd: 0x200,
    fastPathAvoidsFragmentation: true,
  },
};
