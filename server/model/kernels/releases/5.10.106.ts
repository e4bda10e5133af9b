import type { Release } from "./release.ts";

export const v5_10_106: Release = {
  name: "5.10.106",
  source: "5.10.106 was read; what it took from later releases is told with 5.10.71 to 5.10.104.",
  features: {},
};
