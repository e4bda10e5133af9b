import type { Release } from "./release.ts";

export const v5_10: Release = {
  name: "5.10",
  kind: "mainline",
  basedOn: "5.9",
  source: "Read at 5.10.106, a point of the stable branch. That page fragments drop direct reclaim from here on lies between 5.4.85 and later trees.",
  features: {
    hasDmaAllocPages: true,
    pageFragDropsDirectReclaim: true,
  },
};
