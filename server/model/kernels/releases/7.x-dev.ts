import type { Release } from "./release.ts";

export const v7_xDev: Release = {
  name: "7.x-dev",
  source:
    "The development tree of 2026 was read (linux-mm: page_alloc.c, vmalloc.c, slub.c, cma.c, mempool.c); unreleased, may change.",
  features: {
    zerotagsAlone: true,
    slabBulkMustSpin: false,
    fastPathHighatomic: true,
    costlyNoretrySkipsReclaim: true,
    reportsStalls: true,
    nolockTakesItsOwnFlags: true,
    vmallocSupportsRetryMayfail: true,
    vmallocPageTables: "noreclaim-for-retry-flags",
  },
};
