import type { Release } from "./release.ts";

export const v5_10_71: Release = {
  name: "5.10.71",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that brought the refusal of kvmalloc above INT_MAX.",
  features: {
    kvmallocRefusesAboveIntMax: true,
  },
};
