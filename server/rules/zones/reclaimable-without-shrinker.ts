import { isDecided, isPages } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const reclaimableWithoutShrinker: Rule = {
  id: "reclaimable-without-shrinker",
  title: "__GFP_RECLAIMABLE outside of a shrinkable cache",
  severity: "information",
  class: "suspicious",
  concerns: {
    families: ["pages", "pages-exact", "bulk", "slab", "kvmalloc", "krealloc"],
    has: ["RECLAIMABLE"],
    lacks: ["MOVABLE"],
  },
  recalled: "since 2.6.24",
  explanation:
    "The bit groups pages with those of shrinkable slabs. In kmalloc() it chooses the kmalloc-rcl caches, which are counted as reclaimable. Memory that no shrinker frees spoils both.",
  evidence: "include/linux/slab.h:kmalloc_type; include/linux/gfp.h:gfp_migratetype",
  advice: "Drop it, or make a cache with SLAB_RECLAIM_ACCOUNT and a shrinker.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_RECLAIMABLE"]),
    good: example("6.12", ["api   kmem_cache_alloc", "cache { size 64  reclaimable }", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { family } = subject.api;
  const groups =
    isPages(subject) || family === "bulk" || family === "slab" || family === "kvmalloc" || family === "krealloc";
  if (!isDecided(subject) || !groups || !has(subject, "RECLAIMABLE") || has(subject, "MOVABLE")) return NOTHING;
  return found(
    { kind: "flag", flag: "RECLAIMABLE" },
    "__GFP_RECLAIMABLE groups and counts this memory as what a shrinker can free: drop it, or keep the objects in a cache with SLAB_RECLAIM_ACCOUNT and a shrinker.",
    drop("RECLAIMABLE"),
  );
}
