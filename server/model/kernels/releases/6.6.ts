import type { Release } from "./release.ts";

export const v6_6: Release = {
  name: "6.6",
  source: "Read at 6.6.22, a point of the stable branch.",
  features: {},
};
