import { flags6_10 } from "../flags/6.10.ts";
import type { Release } from "./release.ts";

export const v6_10: Release = {
  name: "6.10",
  source:
    "Not read. The changes lie between 6.8.0 and 6.12.117; this release is recalled. That slabs of order 0 are compound too is dated by its mail of April 2024.",
  flags: flags6_10,
  features: {
    slabTriesNodeFirst: true,
    slabAlwaysCompound: true,
    vmallocFatalSignal: "aborts-unless-nofail",
  },
  brings: ["folio_alloc_mpol", "kvcalloc_node", "kvmalloc_array_node"],
  drops: ["__napi_alloc_skb"],
};
