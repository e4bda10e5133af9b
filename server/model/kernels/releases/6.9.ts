import type { Release } from "./release.ts";

export const v6_9: Release = {
  name: "6.9",
  kind: "mainline",
  basedOn: "6.8",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {},
};
