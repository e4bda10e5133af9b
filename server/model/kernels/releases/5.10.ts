import type { Release } from "./release.ts";

export const v5_10: Release = {
  name: "5.10",
  source:
    "Read at 5.10.106, and seen in 5.10.262: points of the stable branch, of which what is not known to be later work is taken for 5.10. That vmalloc is silent about its pages from here on (f255935b9767) is recalled.",
  features: {
    vmallocReportsPageFailure: false,
  },
  brings: ["devm_krealloc", "dma_alloc_pages"],
};
