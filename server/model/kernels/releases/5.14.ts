import { highuserMovable } from "../flags/composites.ts";
import { flags5_14 } from "../flags/5.14.ts";
import type { Release } from "./release.ts";

export const v5_14: Release = {
  name: "5.14",
  source: "Not read. The changes lie between 5.10.106 and 5.15.19; this release is recalled.",
  flags: flags5_14,
  composites: { HIGHUSER_MOVABLE: [...highuserMovable, "SKIP_KASAN_POISON"] },
  features: {
    pcpServesCostlyOrders: true,
    kmallocAccountCaches: true,
    kmallocTypeOrder: "cgroup-first",
  },
};
