import type { Release } from "./release.ts";

export const v7_3_4: Release = {
  name: "7.3.4",
  source: "7.3.4 was read, and recorded while running. What it has is taken to have come with 7.3 or before.",
  features: {},
};
