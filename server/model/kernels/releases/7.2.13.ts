import type { Release } from "./release.ts";

export const v7_2_13: Release = {
  name: "7.2.13",
  source: "7.2.13 was read. What it has is taken to have come with 7.2 or before.",
  features: {},
};
