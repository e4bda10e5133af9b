import { highuserMovable } from "../flags/composites.ts";
import type { Release } from "./release.ts";

export const v6_4: Release = {
  name: "6.4",
  source: "Not read. The single SKIP_KASAN flag lies between 6.1.192 and 6.5-rc1; this release is recalled.",
  flags: {
    kind: "fixed-change",
    source:
      "include/linux/gfp_types.h, read in 6.5-rc1, 6.6.22 and 6.8.0: one SKIP_KASAN flag for the two before; first release recalled",
    without: ["SKIP_KASAN_UNPOISON", "SKIP_KASAN_POISON"],
    flags: [
      { flag: "SKIP_KASAN", value: 0x2000000, when: "KASAN_HW_TAGS" },
      { flag: "NOLOCKDEP", value: 0x4000000, when: "LOCKDEP" },
    ],
    bitsShift: 26,
  },
  composites: { HIGHUSER_MOVABLE: [...highuserMovable, "SKIP_KASAN"] },
  features: {},
};
