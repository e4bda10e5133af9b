import { composites4_19 } from "../flags/composites.ts";
import { flags4_19 } from "../flags/4.19.ts";
import { oldestFeatures } from "../oldest.ts";
import type { Release } from "./release.ts";

export const v4_19: Release = {
  name: "4.19",
  source: "4.19.0 was read (mm/page_alloc.c, mm/slub.c, mm/util.c, include/linux/gfp.h).",
  flags: flags4_19,
  composites: composites4_19,
  features: oldestFeatures,
};
