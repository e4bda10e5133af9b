import type { Release } from "./release.ts";

export const v6_7: Release = {
  name: "6.7",
  source: "Not read. That slab chooses the orders of its pages by what they waste from here on is recalled.",
  features: {
    slabOrderBy: "waste",
  },
  brings: [
    "bdev_getblk",
    "kvmemdup",
    "memdup_array_user",
    "page_pool_alloc",
    "page_pool_alloc_va",
    "page_pool_dev_alloc",
    "page_pool_dev_alloc_va",
    "vmemdup_array_user",
  ],
};
