import type { Release } from "./release.ts";

export const v5_10_241: Release = {
  name: "5.10.241",
  source:
    "Not read. The changelog of Debian's 5.10.262 names it as the point release that took the check of insane cpusets of 5.16.",
  features: {
    insaneCpusetCheck: true,
  },
};
