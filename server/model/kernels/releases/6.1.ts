import type { Release } from "./release.ts";

export const v6_1: Release = {
  name: "6.1",
  source:
    "Told from 6.1.192, a later point of the same branch, which was read; 6.1 itself was not. Work of later releases that 6.1.192 carries is left out here: ask for 6.1.192 by name to have it. That kmalloc_node() of a large size looks at its mask from here on (a0c3b940023e) is recalled.",
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
