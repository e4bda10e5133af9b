import { OBJECTS, isDecided, isSlab } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isLargeKmalloc } from "./_zones.ts";

export const slabMovable: Rule = {
  id: "slab-movable",
  title: "kmalloc() with __GFP_MOVABLE",
  severity: "error",
  class: "bug",
  concerns: { families: OBJECTS, has: ["MOVABLE"] },
  recalled: "since 2.6.24",
  explanation:
    "Objects of a slab cannot move. Up to two pages the bit is dropped; above, kmalloc() hands it to the page allocator, and the object lands in a movable or CMA pageblock that it will block.",
  evidence: "mm/slub.c:new_slab, ___kmalloc_large_node",
  advice: "Drop it.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_MOVABLE | __GFP_RETRY_MAYFAIL"]),
    good: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isSlab(subject) || !has(subject, "MOVABLE")) return NOTHING;
  const does = isLargeKmalloc(subject)
    ? "Above two pages kmalloc() passes __GFP_MOVABLE on, and an object that cannot move lands among pages that must, CMA included"
    : "Slab drops __GFP_MOVABLE, as its objects cannot move";
  return found({ kind: "flag", flag: "MOVABLE" }, `${does}: drop it.`, drop("MOVABLE"));
}
