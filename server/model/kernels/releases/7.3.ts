import type { Release } from "./release.ts";

export const v7_3: Release = {
  name: "7.3",
  source:
    "Told from 7.3.4, a later point of the same branch, and from 7.2.13, which were read; 7.3 itself was not: what differs between the two is taken to have come with 7.3.",
  flags: {
    kind: "enum-change",
    source: "include/linux/gfp_types.h, read in 7.3.4: NO_OBJ_EXT is gone, slab passes the wish in flags of its own",
    without: ["NO_OBJ_EXT"],
  },
  features: {
    fastPathHighatomic: true,
    highatomicReservedBy: "min-watermark",
    nodeNumberChecked: false,
    allocNolockName: "ALLOC_NOLOCK",
    nolockChecksOrderFirst: true,
    nolockTakesItsOwnFlags: "both",
    percpuDropsIoAndFs: true,
  },
};
