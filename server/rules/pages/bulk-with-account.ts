import { pagesOf } from "../../model/sizes.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const bulkWithAccount: Rule = {
  id: "bulk-with-account",
  title: "alloc_pages_bulk() with __GFP_ACCOUNT",
  severity: "information",
  class: "ineffective",
  concerns: { families: ["bulk"], has: ["ACCOUNT"] },
  explanation:
    "The batch cannot charge its pages. With __GFP_ACCOUNT, memory cgroups built in and accounting in use, the call takes exactly one page the ordinary way and returns.",
  evidence: "mm/page_alloc.c:alloc_pages_bulk",
  advice: "Allocate without __GFP_ACCOUNT and charge the pages separately, or allocate them one by one.",
  examples: {
    bad: example("6.14", ["api   alloc_pages_bulk", "count 64", "flags GFP_KERNEL | __GFP_ACCOUNT"]),
    good: example("6.14", ["api   alloc_pages_bulk", "count 64", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "bulk" &&
    has(subject, "ACCOUNT") &&
    subject.kernel.options.MEMCG &&
    pagesOf(subject.kernel, subject.request, 2) > 1
    ? found(
        { kind: "flag", flag: "ACCOUNT" },
        `With __GFP_ACCOUNT ${subject.api.name}() takes one page a call instead of a batch: drop the flag and charge the pages separately.`,
        drop("ACCOUNT"),
      )
    : NOTHING;
}
