import { RETRIED, isSmall } from "../_allocators.ts";
import { blocks, drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks, HANDLE_NULL } from "./_retry.ts";

export const retryMayfailSmallOrder: Rule = {
  id: "retry-mayfail-small-order",
  title: "__GFP_RETRY_MAYFAIL on a small order without a NULL check",
  severity: "information",
  class: "suspicious",
  concerns: {
    families: RETRIED,
    has: ["DIRECT_RECLAIM", "RETRY_MAYFAIL"],
    lacks: ["NORETRY", "NOFAIL"],
    result: "unchecked",
  },
  recalled: "since 4.13",
  explanation:
    "The flag keeps the OOM killer away, and with it the practical guarantee of orders up to 3. After 16 rounds of reclaim without progress NULL comes back.",
  evidence: "mm/page_alloc.c:__alloc_pages_may_oom, should_reclaim_retry",
  advice: "Handle NULL.",
  examples: {
    bad: example("6.12", [
      "api     alloc_pages",
      "order   1",
      "flags   GFP_KERNEL | __GFP_RETRY_MAYFAIL",
      "handles nothing",
    ]),
    good: example("6.12", [
      "api     alloc_pages",
      "order   1",
      "flags   GFP_KERNEL | __GFP_RETRY_MAYFAIL",
      "handles null",
    ]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !asks(subject) ||
    !blocks(subject) ||
    !has(subject, "RETRY_MAYFAIL") ||
    has(subject, "NORETRY") ||
    has(subject, "NOFAIL")
  )
    return NOTHING;
  if (!isSmall(subject) || subject.result !== "unchecked" || subject.verdict.fails === "never") return NOTHING;
  // The missing check itself is reported by unchecked-result.
  return found(
    { kind: "flag", flag: "RETRY_MAYFAIL" },
    "__GFP_RETRY_MAYFAIL keeps the OOM killer away, so that small orders fail too, after 16 rounds without progress: handle NULL, or drop the flag.",
    HANDLE_NULL,
    drop("RETRY_MAYFAIL"),
  );
}
