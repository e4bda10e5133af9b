import { highuserMovable } from "../flags/composites.ts";
import type { Release } from "./release.ts";

export const v6_0: Release = {
  name: "6.0",
  source: "Not read. The changes lie between 5.19.12 and 6.5-rc1; this release is recalled.",
  composites: { HIGHUSER_MOVABLE: [...highuserMovable, "SKIP_KASAN_POISON", "SKIP_KASAN_UNPOISON"] },
  features: {
    pcpServesCostlyOrders: false,
    vmallocFatalSignal: "aborts",
    kvmallocFallsBack: "blocking",
  },
};
