import { flags5_18 } from "../flags/5.18.ts";
import type { Release } from "./release.ts";

export const v5_18: Release = {
  name: "5.18",
  source: "Not read. The changes lie between 5.15.19 and 5.19.12; this release is recalled.",
  flags: flags5_18,
  features: {
    kvmallocHugePages: true,
    memcgOvershootFor: "high",
  },
};
