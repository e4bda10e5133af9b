import type { Release } from "./release.ts";

export const v6_17: Release = {
  name: "6.17",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {},
};
