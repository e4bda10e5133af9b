import { flags6_3 } from "../flags/6.3.ts";
import type { Release } from "./release.ts";

export const v6_3: Release = {
  name: "6.3",
  source: "Not read. The changes lie between 6.1 and 6.5-rc1; this release is recalled.",
  flags: flags6_3,
  composites: { ATOMIC: ["HIGH", "KSWAPD_RECLAIM"] },
  features: {
    reserveScheme: "min-reserve",
    atomicMeans: "no-direct-reclaim",
    rtTaskGets: "min-reserve",
    warnsAtomicWithDirectReclaim: false,
    nofailLastResort: "min-reserve",
  },
};
