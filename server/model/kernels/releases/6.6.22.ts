import type { Release } from "./release.ts";

export const v6_6_22: Release = {
  name: "6.6.22",
  source: "6.6.22 was read; 6.6 is described after it.",
  features: {},
};
