import type { Release } from "./release.ts";

export const v5_4: Release = {
  name: "5.4",
  source: "Read at 5.4.85, a point of the stable branch; taken for 5.4 as well.",
  features: {
    memcgOvershootFor: "atomic",
    hugeOrderGivesUpAfterFirstCompaction: true,
  },
};
