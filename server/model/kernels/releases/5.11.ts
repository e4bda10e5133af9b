import type { Release } from "./release.ts";

export const v5_11: Release = {
  name: "5.11",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {},
  brings: ["krealloc_array"],
};
