import { highuserMovable } from "../flags/composites.ts";
import type { Release } from "./release.ts";

export const v5_14: Release = {
  name: "5.14",
  source: "Not read. The changes lie between 5.10.106 and 5.15.19; this release is recalled.",
  flags: {
    kind: "fixed-change",
    source: "include/linux/gfp.h, read in 5.15.19: the first two flags for memory tags; first release recalled",
    flags: [
      { flag: "ZEROTAGS", value: 0x800000 },
      { flag: "SKIP_KASAN_POISON", value: 0x1000000 },
      { flag: "NOLOCKDEP", value: 0x2000000, when: "LOCKDEP" },
    ],
    bitsShift: 25,
  },
  composites: { HIGHUSER_MOVABLE: [...highuserMovable, "SKIP_KASAN_POISON"] },
  features: {
    invalidMigratetypeCrashes: "nothing",
    pcpServesCostlyOrders: true,
    kmallocAccountCaches: true,
    kmallocTypeOrder: "cgroup-first",
  },
};
