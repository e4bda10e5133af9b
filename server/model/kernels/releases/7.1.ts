import type { Release } from "./release.ts";

export const v7_1: Release = {
  name: "7.1",
  source:
    "Not read. 7.2.13 was, and 6.12.117; that these changes came with this release is assumed. RETRY_MAYFAIL for vmalloc (3caedb3b99ea) and vmalloc with bottom halves off (04aa71da5f35) are commits of 2026, taken back to stable branches as well.",
  features: {
    vmallocSupportsRetryMayfail: true,
    vmallocPageTables: "noreclaim-for-retry-flags",
    vmallocStopsIn: "hard-interrupt",
  },
};
