import { highuserMovable } from "../flags/composites.ts";
import { flags6_4 } from "../flags/6.4.ts";
import type { Release } from "./release.ts";

export const v6_4: Release = {
  name: "6.4",
  source: "Not read. The single SKIP_KASAN flag lies between 6.1.192 and 6.5-rc1; this release is recalled.",
  flags: flags6_4,
  composites: { HIGHUSER_MOVABLE: [...highuserMovable, "SKIP_KASAN"] },
  features: {},
};
