import type { Release } from "./release.ts";

export const v5_10_80: Release = {
  name: "5.10.80",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that charges a dying task no more beyond the limit of its memory cgroup.",
  features: {
    memcgDyingIsCharged: false,
  },
};
