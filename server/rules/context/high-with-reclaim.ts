import { isDecided, planOf } from "../_allocators.ts";
import { blocks, drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isAtomicWithReclaim } from "./_context.ts";

export const highWithReclaim: Rule = {
  id: "high-with-reclaim",
  title: "__GFP_HIGH with direct reclaim",
  severity: "information",
  class: "suspicious",
  concerns: { has: ["HIGH", "DIRECT_RECLAIM"] },
  recalled: "since 2.6.x",
  explanation:
    "A request that may block can wait for reclaim, yet __GFP_HIGH lets it take half of what lies below the min watermark, which is meant for those that cannot.",
  evidence: "mm/page_alloc.c:gfp_to_alloc_flags (alloc_flags_slowpath since 7.3), __zone_watermark_ok",
  advice: "Drop __GFP_HIGH.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_HIGH"]),
    good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !blocks(subject) || !has(subject, "HIGH") || isAtomicWithReclaim(subject)) return NOTHING;
  if ((planOf(subject).mask & subject.kernel.bits.HIGH) === 0) return NOTHING;
  return found(
    { kind: "flag", flag: "HIGH" },
    "__GFP_HIGH gives half of the min reserve to a request that could reclaim instead: drop it.",
    drop("HIGH"),
  );
}
