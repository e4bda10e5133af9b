import { OBJECT_FORMS } from "./_object-forms.ts";
import type { Release } from "./release.ts";

export const v7_0: Release = {
  name: "7.0",
  source: "Not read as a tag. The changes were read in trees of that time and in the 2026 development tree.",
  features: {
    hasFrozenRanges: true,
    firstCompaction: "in-loop",
    nofailHighOrderWarns: "nowhere",
    contigComp: "refused",
  },
  brings: OBJECT_FORMS,
};
