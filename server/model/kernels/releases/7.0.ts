import { OBJECT_FORMS } from "./_object-forms.ts";
import type { Release } from "./release.ts";

export const v7_0: Release = {
  name: "7.0",
  source:
    "Not read as a tag; 7.2.13 was, and trees of that time. The slow path in rounds, its first compaction and the result of that which no longer counts are three commits of one series. That slab has sheaves in every cache, and that gigantic folios left the public headers with the frozen ranges, and that x86-64 is always preemptible is assumed of this release.",
  features: {
    slowPath: "rounds",
    nofailHighOrderWarns: "nowhere",
    contigComp: "refused",
    slabSheaves: true,
    condReschedSchedules: false,
  },
  brings: [
    ...OBJECT_FORMS,
    "alloc_contig_frozen_pages",
    "alloc_contig_frozen_range",
    "cma_alloc_frozen",
    "cma_alloc_frozen_compound",
  ],
  drops: ["cma_alloc_folio", "folio_alloc_gigantic"],
};
