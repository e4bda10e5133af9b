import { OBJECT_FORMS } from "./_object-forms.ts";
import type { Release } from "./release.ts";

export const v6_12_117: Release = {
  name: "6.12.117",
  source:
    "6.12.117 was read, and recorded while running. Its branch took the verification of alloc_contig masks of 6.14 and the sleeping percpu of 6.15.",
  features: {
    reclaimableFallsBackToFree: true,
    highatomicNeedsHigh: true,
    nonBlockTakesHighatomicPage: true,
    costlyNoretryThisNodeGivesUp: true,
    contigTargetMask: "from-caller",
    contigVerifiesMask: true,
    contigForcesHardwall: true,
    contigHonoursZero: true,
    percpuNofsIsAtomic: false,
  },
  brings: ["devm_kmemdup_array", ...OBJECT_FORMS],
};
