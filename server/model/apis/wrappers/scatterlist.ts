import type { Wrapper } from "./wrapper.ts";

/** sizeof(struct scatterlist) on 64 bits. */
const ENTRY_BYTES = 32;

/** Scatter lists. */
export const scatterlist: readonly Wrapper[] = [
  {
    name: "sg_alloc_table",
    signature: "int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp_mask)",
    calls: "kmalloc_array",
    size: { kind: "elements", elementBytes: ENTRY_BYTES, mostBytes: 4096 },
    mask: "parameter",
    note: "Long tables come in pieces of a page each, by __get_free_page() with the same mask: no order above 0. No entry at all is -EINVAL.",
    evidence: "lib/scatterlist.c:sg_kmalloc",
  },
];
