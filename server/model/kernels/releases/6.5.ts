import type { Release } from "./release.ts";

export const v6_5: Release = {
  name: "6.5",
  source: "6.5-rc1 was read.",
  features: {
    compactRetry: "result",
  },
};
