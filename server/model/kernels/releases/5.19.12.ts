import type { Release } from "./release.ts";

export const v5_19_12: Release = {
  name: "5.19.12",
  source: "5.19.12 was read; 5.19 is described after it.",
  features: {},
};
