import type { Release } from "./release.ts";

export const v5_8: Release = {
  name: "5.8",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {},
  brings: ["kvfree_sensitive"],
};
