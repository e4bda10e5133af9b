import type { Release } from "./release.ts";

export const v7_2: Release = {
  name: "7.2",
  source:
    "Told from 7.2.13, a later point of the same branch, which was read; 7.2 itself was not, and what 7.2.13 has is assumed to be in it. Which release between 6.12 and 7.2 brought the report of stalls, what kmalloc_nolock() expects, compaction that leaves CMA pages out of account, and retries for compaction in the zones of the cpuset is assumed too; that bulk calls of slab may be made with masks that do not spin was written in June 2026.",
  features: {
    zerotagsAlone: true,
    slabBulkMustSpin: false,
    reportsStalls: true,
    compactionCountsCmaForAll: false,
    compactRetryRespectsCpuset: true,
    pageblockLookupChecksZone: true,
    nolockTakesItsOwnFlags: "kmalloc",
  },
};
