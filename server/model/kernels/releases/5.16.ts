import type { Release } from "./release.ts";

export const v5_16: Release = {
  name: "5.16",
  source: "Not read. The changes lie between 5.15.19 and 5.19.12; this release is recalled.",
  features: {
    insaneCpusetCheck: true,
    memcgDyingIsCharged: false,
    hasFolioAlloc: true,
  },
  brings: ["folio_put"],
};
