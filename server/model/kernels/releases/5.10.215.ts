import type { Release } from "./release.ts";

export const v5_10_215: Release = {
  name: "5.10.215",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that took gfp_compaction_allowed() of 6.8.",
  features: {
    compactionNeedsIo: true,
  },
};
