import { BITS, SAME, type Wrapper } from "./wrapper.ts";

const BITMAP = "lib/bitmap.c";

/** Bitmaps: `count` bits in whole longs. */
export const bitmap: readonly Wrapper[] = [
  {
    name: "bitmap_alloc",
    signature: "unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags)",
    calls: "kmalloc_array",
    size: BITS,
    mask: "parameter",
    evidence: `${BITMAP}:bitmap_alloc`,
  },
  {
    name: "bitmap_zalloc",
    signature: "unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags)",
    calls: "bitmap_alloc",
    size: SAME,
    mask: "parameter",
    adds: ["ZERO"],
    evidence: `${BITMAP}:bitmap_zalloc`,
  },
  {
    name: "bitmap_alloc_node",
    signature: "unsigned long *bitmap_alloc_node(unsigned int nbits, gfp_t flags, int node)",
    calls: "kmalloc_array_node",
    size: BITS,
    mask: "parameter",
    evidence: `${BITMAP}:bitmap_alloc_node`,
  },
  {
    name: "bitmap_zalloc_node",
    signature: "unsigned long *bitmap_zalloc_node(unsigned int nbits, gfp_t flags, int node)",
    calls: "bitmap_alloc_node",
    size: SAME,
    mask: "parameter",
    adds: ["ZERO"],
    evidence: `${BITMAP}:bitmap_zalloc_node`,
  },
  {
    name: "devm_bitmap_alloc",
    signature: "unsigned long *devm_bitmap_alloc(struct device *dev, unsigned int nbits, gfp_t flags)",
    calls: "bitmap_alloc",
    size: SAME,
    mask: "parameter",
    canFail: true,
    sleeps: true,
    note: "The action that frees it is asked for with GFP_KERNEL, whatever the mask.",
    evidence: `${BITMAP}:devm_bitmap_alloc`,
  },
  {
    name: "devm_bitmap_zalloc",
    signature: "unsigned long *devm_bitmap_zalloc(struct device *dev, unsigned int nbits, gfp_t flags)",
    calls: "devm_bitmap_alloc",
    size: SAME,
    mask: "parameter",
    adds: ["ZERO"],
    evidence: `${BITMAP}:devm_bitmap_zalloc`,
  },
];
