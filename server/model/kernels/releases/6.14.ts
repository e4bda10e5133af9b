import type { Release } from "./release.ts";

export const v6_14: Release = {
  name: "6.14",
  source: "Not read. The verification of alloc_contig masks was read in 6.12.117, which has it from here.",
  features: {
    bulkNames: "plain",
    contigTargetMask: "from-caller",
    contigVerifiesMask: true,
    contigForcesHardwall: true,
    contigHonoursZero: true,
  },
  brings: ["alloc_frozen_pages", "devm_kmemdup_array"],
};
