import { example } from "../_predicates.ts";
import type { Rule } from "../rule.ts";
import { badZones } from "./_zones.ts";

export const zoneDma32Highmem: Rule = {
  id: "zone-dma32-highmem",
  title: "__GFP_DMA32 with __GFP_HIGHMEM",
  severity: "error",
  class: "bug",
  concerns: { has: ["DMA32", "HIGHMEM"] },
  recalled: "since 2.6.x",
  explanation:
    "No entry in the table of gfp_zone(): a VM_BUG_ON with DEBUG_VM; without, the lowest configured zone, which on x86-64 and arm64 is ZONE_DMA and not ZONE_DMA32.",
  evidence: "include/linux/gfp.h:gfp_zone",
  advice: "Keep one zone bit.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32 | __GFP_HIGHMEM"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32"]),
  },
  check: badZones("DMA32", "HIGHMEM"),
};
