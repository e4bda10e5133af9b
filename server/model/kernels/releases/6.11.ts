import type { Release } from "./release.ts";

export const v6_11: Release = {
  name: "6.11",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {},
};
