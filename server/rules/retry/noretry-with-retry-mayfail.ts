import { RETRIED, clash, decides, hasBoth } from "../_allocators.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks } from "./_retry.ts";

export const noretryWithRetryMayfail: Rule = {
  id: "noretry-with-retry-mayfail",
  title: "__GFP_NORETRY and __GFP_RETRY_MAYFAIL together",
  severity: "error",
  class: "bug",
  concerns: { families: RETRIED, has: ["NORETRY", "RETRY_MAYFAIL"] },
  recalled: "since 4.13",
  explanation:
    "They ask for opposite efforts. The slow path tests __GFP_NORETRY before anything that __GFP_RETRY_MAYFAIL could change, so the request behaves as with __GFP_NORETRY alone.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Keep one of the two.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL"]),
    good: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asks(subject) || !hasBoth(subject, "NORETRY", "RETRY_MAYFAIL") || !decides(subject, "noretryGivesUp"))
    return NOTHING;
  return clash(
    "NORETRY",
    "RETRY_MAYFAIL",
    "__GFP_NORETRY is looked at first and ends the loop after one round, so __GFP_RETRY_MAYFAIL never takes effect: keep one of them.",
  );
}
