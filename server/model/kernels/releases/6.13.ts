import type { Release } from "./release.ts";

export const v6_13: Release = {
  name: "6.13",
  kind: "mainline",
  basedOn: "6.12",
  source: "Not read. No change that the model knows of lies in this release.",
  features: { reclaimableFallsBackToFree: true },
};
