import type { Release } from "./release.ts";

export const v5_4_85: Release = {
  name: "5.4.85",
  source: "5.4.85 was read; 5.4 is described after it.",
  features: {},
};
