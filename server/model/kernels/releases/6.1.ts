import type { Release } from "./release.ts";

export const v6_1: Release = {
  name: "6.1",
  source:
    "The mainline release was not read; 6.1.192, a later point of its branch, was, and has much later work: ask for 6.1.192 by name. That kmalloc_node() of a large size looks at its mask from here on (a0c3b940023e) is recalled.",
  features: {
    largeKmallocNodeFixesFlags: true,
  },
  brings: [
    "mas_preallocate",
    "mas_store_gfp",
    "mtree_alloc_range",
    "mtree_erase",
    "mtree_insert",
    "mtree_insert_range",
    "mtree_store",
    "mtree_store_range",
  ],
};
