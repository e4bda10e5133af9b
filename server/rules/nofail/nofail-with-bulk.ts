import { isDecided } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { NOFAIL } from "./_nofail.ts";

export const nofailWithBulk: Rule = {
  id: "nofail-with-bulk",
  title: "__GFP_NOFAIL for a bulk of pages",
  severity: "error",
  class: "bug",
  concerns: { families: ["bulk"], has: ["NOFAIL"] },
  explanation:
    "The bulk calls take what the per-cpu lists and the low watermark give and may return fewer pages than asked for. Only their fallback, one page, goes through the slow path with the caller's mask.",
  evidence: "mm/page_alloc.c:alloc_pages_bulk",
  advice: "Compare the count and loop, or use vmalloc() with __GFP_NOFAIL.",
  examples: {
    bad: example("6.12", ["api   alloc_pages_bulk_array", "count 64", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   alloc_pages_bulk_array", "count 64", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || subject.api.family !== "bulk" || !has(subject, "NOFAIL") || subject.result === "checked")
    return NOTHING;
  return found(
    NOFAIL,
    `${subject.api.name}() may give fewer pages than asked for, with __GFP_NOFAIL too, which only the single-page fallback sees: compare the count and loop.`,
    drop("NOFAIL"),
  );
}
