import { example } from "../_predicates.ts";
import type { Rule } from "../rule.ts";
import { badZones } from "./_zones.ts";

export const zoneDmaDma32: Rule = {
  id: "zone-dma-dma32",
  title: "__GFP_DMA with __GFP_DMA32",
  severity: "error",
  class: "bug",
  concerns: { has: ["DMA", "DMA32"] },
  recalled: "since 2.6.x",
  explanation: "No entry in the table of gfp_zone(): a VM_BUG_ON with DEBUG_VM; without, the lowest configured zone.",
  evidence: "include/linux/gfp.h:gfp_zone",
  advice: "Keep one zone bit.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA | __GFP_DMA32"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32"]),
  },
  check: badZones("DMA", "DMA32"),
};
