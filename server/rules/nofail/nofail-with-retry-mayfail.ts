import { RETRIED, clash, decides } from "../_allocators.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks } from "./_nofail.ts";

export const nofailWithRetryMayfail: Rule = {
  id: "nofail-with-retry-mayfail",
  title: "__GFP_NOFAIL and __GFP_RETRY_MAYFAIL together",
  severity: "error",
  class: "bug",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"] },
  recalled: "since 4.13",
  explanation:
    "__GFP_RETRY_MAYFAIL makes __alloc_pages_may_oom() return before it calls the OOM killer, while __GFP_NOFAIL goes on looping: the one task that cannot give up is the one that may not get memory freed.",
  evidence: "mm/page_alloc.c:__alloc_pages_may_oom",
  advice: "Keep one of the two.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_RETRY_MAYFAIL"]),
    good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return asksAndBlocks(subject) && decides(subject, "retryMayfailHasNoOom")
    ? clash(
        "NOFAIL",
        "RETRY_MAYFAIL",
        "__GFP_RETRY_MAYFAIL keeps the OOM killer away and __GFP_NOFAIL loops until memory is free all the same: keep one of them.",
      )
    : NOTHING;
}
