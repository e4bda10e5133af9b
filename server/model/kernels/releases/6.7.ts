import type { Release } from "./release.ts";

export const v6_7: Release = {
  name: "6.7",
  kind: "mainline",
  basedOn: "6.6",
  source: "Not read. No change that the model knows of lies in this release.",
  features: {
    slabOrderBy: "waste",
  },
};
