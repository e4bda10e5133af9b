import type { Release } from "./release.ts";

export const v5_19: Release = {
  name: "5.19",
  source: "Read at 5.19.12, a point of the stable branch.",
  features: {
    sitesUseWarnOnOnceGfp: true,
    nofailWarns: "when-failing-unless-nowarn",
    exactDropsHighmem: true,
  },
};
