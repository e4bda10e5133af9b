import type { Release } from "./release.ts";

export const v6_15: Release = {
  name: "6.15",
  kind: "mainline",
  basedOn: "6.14",
  source: "Not read. This release is recalled.",
  features: {
    nolockPages: "try_alloc_pages",
    percpuNofsIsAtomic: false,
  },
};
