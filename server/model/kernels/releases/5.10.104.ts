import type { Release } from "./release.ts";

export const v5_10_104: Release = {
  name: "5.10.104",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that lets __GFP_NOWARN silence an oversized kvmalloc.",
  features: {
    kvmallocIntMaxHonoursNowarn: true,
  },
};
