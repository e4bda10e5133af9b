import type { Release } from "./release.ts";

export const v6_9: Release = {
  name: "6.9",
  source:
    "Not read. That page fragments drop direct reclaim and check their alignment was posted in December 2023 against 6.7; this release is recalled.",
  features: {
    pageFragDropsDirectReclaim: true,
    pageFragChecksAlignment: true,
  },
  brings: ["kmemdup_array"],
};
