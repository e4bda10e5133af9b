import { NONE, SAME, type Wrapper } from "./wrapper.ts";

const MAPLE = "lib/maple_tree.c";

/** sizeof(struct maple_node), aligned to its size. */
const NODE_BYTES = 256;

/** Maple trees: nodes of a cache of their own. */
export const mapleTree: readonly Wrapper[] = [
  {
    name: "mas_preallocate",
    signature: "int mas_preallocate(struct ma_state *mas, void *entry, gfp_t gfp)",
    calls: "kmem_cache_alloc",
    size: NONE,
    cacheBytes: NODE_BYTES,
    mask: "parameter",
    note: "All nodes that the store may need, at once, with the caller's mask; -ENOMEM leaves none.",
    evidence: `${MAPLE}:mas_preallocate`,
  },
  {
    name: "mas_store_gfp",
    signature: "int mas_store_gfp(struct ma_state *mas, void *entry, gfp_t gfp)",
    calls: "mtree_store_range",
    size: SAME,
    mask: "parameter",
    evidence: `${MAPLE}:mas_store_gfp`,
  },
  {
    name: "mtree_store",
    signature: "int mtree_store(struct maple_tree *mt, unsigned long index, void *entry, gfp_t gfp)",
    calls: "mtree_store_range",
    size: SAME,
    mask: "parameter",
    evidence: `${MAPLE}:mtree_store`,
  },
  {
    name: "mtree_insert_range",
    signature:
      "int mtree_insert_range(struct maple_tree *mt, unsigned long first, unsigned long last, void *entry, gfp_t gfp)",
    calls: "mtree_store_range",
    size: SAME,
    mask: "parameter",
    canFail: true,
    note: "Returns -EEXIST where something is there.",
    evidence: `${MAPLE}:mtree_insert_range`,
  },
  {
    name: "mtree_insert",
    signature: "int mtree_insert(struct maple_tree *mt, unsigned long index, void *entry, gfp_t gfp)",
    calls: "mtree_insert_range",
    size: SAME,
    mask: "parameter",
    evidence: `${MAPLE}:mtree_insert`,
  },
  {
    name: "mtree_alloc_range",
    signature:
      "int mtree_alloc_range(struct maple_tree *mt, unsigned long *startp, void *entry, unsigned long size, unsigned long min, unsigned long max, gfp_t gfp)",
    calls: "mtree_store_range",
    size: SAME,
    mask: "parameter",
    canFail: true,
    note: "Returns -EBUSY where no range is free.",
    evidence: `${MAPLE}:mtree_alloc_range`,
  },
  {
    name: "mtree_erase",
    signature: "void *mtree_erase(struct maple_tree *mt, unsigned long index)",
    calls: "mtree_store_range",
    size: SAME,
    mask: "KERNEL",
    note: "Taking an entry out may need nodes: the lock of the tree is dropped for them.",
    evidence: `${MAPLE}:mas_erase`,
  },
];
