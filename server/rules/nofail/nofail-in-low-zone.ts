import type { FlagName } from "../../model/masks/mask.ts";
import { PAGES_OR_OBJECTS, clash, decides, isPages, isSlab } from "../_allocators.ts";
import { example, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks } from "./_nofail.ts";

export const nofailInLowZone: Rule = {
  id: "nofail-in-low-zone",
  title: "__GFP_NOFAIL from a low zone",
  severity: "warning",
  class: "warn",
  concerns: { families: PAGES_OR_OBJECTS, has: ["NOFAIL", "DIRECT_RECLAIM"] },
  recalled: "since 4.x",
  explanation:
    "Requests for a zone below Normal never reach the OOM killer: killing would free memory elsewhere. With __GFP_NOFAIL the loop has no end once ZONE_DMA (16 MiB on x86) or ZONE_DMA32 is used up.",
  evidence: "mm/page_alloc.c:__alloc_pages_may_oom",
  advice: "Reserve the memory early, or use dma_alloc_coherent() or a dma_pool.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA | __GFP_NOFAIL"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    !subject.verdict.zoneValid ||
    !decides(subject, "lowZoneHasNoOom")
  )
    return NOTHING;
  const bit: FlagName = has(subject, "DMA") ? "DMA" : "DMA32";
  return clash(
    "NOFAIL",
    bit,
    `The OOM killer is never called for ZONE_${subject.verdict.zone}, so __GFP_NOFAIL loops without end once that zone is used up; reserve the memory early, or use dma_alloc_coherent() or a dma_pool.`,
    ["NOFAIL", bit],
  );
}
