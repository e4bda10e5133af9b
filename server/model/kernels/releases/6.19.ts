import { flags6_19 } from "../flags/6.19.ts";
import type { Release } from "./release.ts";

export const v6_19: Release = {
  name: "6.19",
  source:
    "Not read. The changes were read in the 2026 development tree; this release is recalled. Whether NOFAIL above order 1 still warns lies between 6.18 and 7.0.",
  flags: flags6_19,
  features: {
    hasMempoolBulk: true,
    costlyNoretryThisNodeGivesUp: true,
    kvmallocFallsBack: "any",
    vmallocNonBlocking: true,
    vmallocFiltersFlags: true,
  },
};
