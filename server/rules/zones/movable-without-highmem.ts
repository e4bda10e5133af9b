import { PAGES, givesAddress, isDecided, isPages } from "../_allocators.ts";
import { blocks, drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const movableWithoutHighmem: Rule = {
  id: "movable-without-highmem",
  title: "__GFP_MOVABLE without __GFP_HIGHMEM",
  severity: "information",
  class: "suspicious",
  concerns: { families: PAGES, has: ["MOVABLE"], lacks: ["RECLAIMABLE", "HIGHMEM", "DMA", "DMA32"] },
  recalled: "since 2.6.24",
  explanation:
    "ZONE_MOVABLE is the answer of gfp_zone() to __GFP_MOVABLE and __GFP_HIGHMEM together. __GFP_MOVABLE alone gives ZONE_NORMAL: pages are grouped as movable and may come from CMA. The page cache of a block device wants just that, pages that move and that the kernel reaches by address (fs/buffer.c, sb_getblk() with __GFP_MOVABLE), so the rule is quiet for folios, which are page cache or memory of a process, and for GFP_USER, GFP_NOFS and GFP_NOIO, which memory that the kernel keeps does not begin with.",
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
  if (has(subject, "HIGHMEM") || has(subject, "DMA") || has(subject, "DMA32") || isCacheOfLowMemory(subject))
    return NOTHING;
  return found(
    { kind: "flag", flag: "MOVABLE" },
    "Without __GFP_HIGHMEM __GFP_MOVABLE does not reach ZONE_MOVABLE; it only groups pages and lets them come from CMA: write GFP_HIGHUSER_MOVABLE if the page can move.",
    drop("MOVABLE"),
  );
}

/** Page cache whose pages the kernel reads by address: folios, and pages of a mapping with a mask of its own. */
const isCacheOfLowMemory = (subject: Subject): boolean =>
  /folio/.test(subject.api.name) || has(subject, "HARDWALL") || (blocks(subject) && !has(subject, "FS"));
