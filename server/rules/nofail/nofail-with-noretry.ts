import { RETRIED, clash, decides } from "../_allocators.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks } from "./_nofail.ts";

export const nofailWithNoretry: Rule = {
  id: "nofail-with-noretry",
  title: "__GFP_NOFAIL and __GFP_NORETRY together",
  severity: "error",
  class: "bug",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"] },
  recalled: "since 4.12",
  explanation:
    "__GFP_NORETRY is looked at first and leaves the loop after one round, before the OOM killer; __GFP_NOFAIL then starts the loop again. No version warns, and the task may never come back.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Keep one of the two.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY"]),
    good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return asksAndBlocks(subject) && decides(subject, "noretryGivesUp")
    ? clash(
        "NOFAIL",
        "NORETRY",
        "__GFP_NORETRY leaves the slow path before the OOM killer and __GFP_NOFAIL enters it again, without end and without a warning: keep one of them.",
      )
    : NOTHING;
}
