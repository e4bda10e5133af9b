import { givesAddress, isDecided, isPages } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const movableWithoutHighmem: Rule = {
  id: "movable-without-highmem",
  title: "__GFP_MOVABLE without __GFP_HIGHMEM",
  severity: "warning",
  class: "ineffective",
  recalled: "since 2.6.24",
  explanation:
    "ZONE_MOVABLE is the answer of gfp_zone() to __GFP_MOVABLE and __GFP_HIGHMEM together. __GFP_MOVABLE alone gives ZONE_NORMAL: pages are grouped as movable and may come from CMA.",
  evidence: "include/linux/gfp.h:gfp_zone",
  advice: "Write GFP_HIGHUSER_MOVABLE for a page that can move; else drop the flag.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_MOVABLE"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !isPages(subject) ||
    givesAddress(subject) ||
    !has(subject, "MOVABLE") ||
    has(subject, "RECLAIMABLE")
  )
    return NOTHING;
  if (has(subject, "HIGHMEM") || has(subject, "DMA") || has(subject, "DMA32")) return NOTHING;
  return found(
    { kind: "flag", flag: "MOVABLE" },
    "Without __GFP_HIGHMEM __GFP_MOVABLE does not reach ZONE_MOVABLE; it only groups pages and lets them come from CMA: write GFP_HIGHUSER_MOVABLE if the page can move.",
    drop("MOVABLE"),
  );
}
