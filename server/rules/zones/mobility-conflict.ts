import { MIGRATE } from "../../model/masks/properties.ts";
import { clash, hasBoth, isDecided } from "../_allocators.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const mobilityConflict: Rule = {
  id: "mobility-conflict",
  title: "__GFP_MOVABLE with __GFP_RECLAIMABLE",
  severity: "error",
  class: "bug",
  concerns: { has: ["MOVABLE", "RECLAIMABLE"] },
  recalled: "since 2.6.24",
  explanation:
    "The two bits are the migratetype as a number, and together they give 3, which is MIGRATE_HIGHATOMIC. With DEBUG_VM gfp_migratetype() warns; then the value is used as it is, and 6.1 was seen to crash with it.",
  evidence: "include/linux/gfp.h:gfp_migratetype",
  advice: "Keep one of the two.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    subject.api.family === "contig" ||
    !hasBoth(subject, "MOVABLE", "RECLAIMABLE") ||
    subject.verdict.migratetype !== MIGRATE.INVALID
  )
    return NOTHING;
  return clash(
    "MOVABLE",
    "RECLAIMABLE",
    "A page is movable or reclaimable: both bits give migratetype 3, which is HIGHATOMIC, so the atomic reserve is taken for an ordinary request; keep one of them.",
  );
}
