import { RETRIED } from "../_allocators.ts";
import { drop, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks, isCostlyRetryWithoutIo } from "./_retry.ts";

export const costlyRetryWithoutIo: Rule = {
  id: "costly-retry-without-io",
  title: "A costly __GFP_RETRY_MAYFAIL without __GFP_IO",
  severity: "warning",
  class: "ineffective",
  concerns: { families: RETRIED, has: ["RETRY_MAYFAIL"] },
  explanation:
    "Since 6.8, and in the 6.1 stable branch, a costly order is retried only where compaction can be counted on, and compaction needs __GFP_IO. Before, such a request retried reclaim without any compaction.",
  evidence: "include/linux/gfp.h:gfp_compaction_allowed; mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Allow IO, or allocate single pages.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 4", "flags GFP_NOIO | __GFP_RETRY_MAYFAIL"]),
    good: example("6.12", ["api   alloc_pages", "order 4", "flags GFP_NOFS | __GFP_RETRY_MAYFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asks(subject) || !isCostlyRetryWithoutIo(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "RETRY_MAYFAIL" },
    "A costly order is retried only where compaction may run, which needs __GFP_IO, so __GFP_RETRY_MAYFAIL has no effect here: allow IO, or allocate single pages.",
    drop("RETRY_MAYFAIL"),
  );
}
