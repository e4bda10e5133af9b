import type { Release } from "./release.ts";

export const v5_10_252: Release = {
  name: "5.10.252",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that lets a costly request with __GFP_NORETRY and __GFP_THISNODE give up after the first compaction, as 6.19 does.",
  features: {
    costlyNoretryThisNodeGivesUp: true,
  },
};
