import type { Release } from "./release.ts";

export const v5_10: Release = {
  name: "5.10",
  source: "Read at 5.10.106, a point of the stable branch.",
  features: {
    hasDmaAllocPages: true,
  },
  brings: ["devm_krealloc"],
};
