import { example } from "../_predicates.ts";
import type { Rule } from "../rule.ts";
import { badZones } from "./_zones.ts";

export const zoneDmaHighmem: Rule = {
  id: "zone-dma-highmem",
  title: "__GFP_DMA with __GFP_HIGHMEM",
  severity: "error",
  class: "bug",
  concerns: { has: ["DMA", "HIGHMEM"] },
  recalled: "since 2.6.x",
  explanation:
    "gfp_zone() looks the low four bits up in a table that has no entry for two zones. With DEBUG_VM that is a VM_BUG_ON; without, the entry reads 0, the lowest zone that is configured: the request succeeds from the zone that has least.",
  evidence: "include/linux/gfp.h:gfp_zone",
  advice: "Keep one zone bit.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
  },
  check: badZones("DMA", "HIGHMEM"),
};
