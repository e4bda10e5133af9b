import type { Release } from "./release.ts";

export const v5_8: Release = {
  name: "5.8",
  kind: "mainline",
  basedOn: "5.7",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {},
};
