import type { Release } from "./release.ts";

export const v5_10_106: Release = {
  name: "5.10.106",
  source: "5.10.106 was read. The refusal of kvmalloc above INT_MAX was brought to the stable branch.",
  features: {
    kvmallocRefusesAboveIntMax: true,
  },
};
