import type { Release } from "./release.ts";

export const v5_18: Release = {
  name: "5.18",
  source: "Not read. The changes lie between 5.15.19 and 5.19.12; this release is recalled.",
  flags: {
    kind: "fixed-change",
    source:
      "include/linux/gfp_types.h (gfp.h to 5.19), read in 5.19.12 and 6.1.192: the tag flags depend on KASAN_HW_TAGS; first release recalled",
    flags: [
      { flag: "SKIP_ZERO", value: 0x1000000, when: "KASAN_HW_TAGS" },
      { flag: "SKIP_KASAN_UNPOISON", value: 0x2000000, when: "KASAN_HW_TAGS" },
      { flag: "SKIP_KASAN_POISON", value: 0x4000000, when: "KASAN_HW_TAGS" },
      { flag: "NOLOCKDEP", value: 0x8000000, when: "LOCKDEP" },
    ],
    bitsShift: 27,
  },
  features: {
    offlineNodeWarns: false,
    kvmallocHugePages: true,
    memcgOvershootFor: "high",
  },
  brings: ["bio_alloc_clone", "kmem_cache_alloc_lru", "vma_alloc_folio"],
};
