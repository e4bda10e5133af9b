import type { Release } from "./release.ts";

export const v6_19: Release = {
  name: "6.19",
  source:
    "Not read. The changes were read in the 2026 development tree; this release is recalled. Whether NOFAIL above order 1 still warns lies between 6.18 and 7.0. That might_alloc() is silent under PF_MEMALLOC, that vmalloc asks for large blocks first and kvmalloc for huge pages only where it may block, and that slab keeps ACCOUNT and NOMEMALLOC in its try on the given node lies between 6.12.117 and 7.2.13; this release is assumed.",
  flags: {
    kind: "enum-change",
    source:
      "include/linux/gfp_types.h, read in the 2026 development tree: NO_OBJ_EXT no longer depends on SLAB_OBJ_EXT; that 6.19 is the first release is recalled (6.19 or 7.0)",
    flags: [{ flag: "NO_OBJ_EXT" }],
  },
  features: {
    costlyNoretryThisNodeGivesUp: true,
    kvmallocFallsBack: "any",
    vmallocNonBlocking: true,
    vmallocFiltersFlags: true,
    vmallocLargeOrdersFirst: true,
    kvmallocHugePagesNeedBlocking: true,
    mightAllocSilentUnderMemalloc: true,
    slabNodeTryMask: "from-caller",
  },
  brings: ["mempool_alloc_bulk"],
};
