import type { Release } from "./release.ts";

export const v5_10_262: Release = {
  name: "5.10.262",
  source:
    "5.10.262 was read, and recorded while running. What its branch took from later releases is told with 5.10.71 to 5.10.252, by Debian's changelog.",
  features: {},
};
