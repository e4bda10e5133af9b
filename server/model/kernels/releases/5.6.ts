import type { Release } from "./release.ts";

export const v5_6: Release = {
  name: "5.6",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {},
};
