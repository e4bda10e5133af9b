import { RETRIED } from "../_allocators.ts";
import { example } from "../_predicates.ts";
import type { Rule } from "../rule.ts";
import { withoutReclaim } from "./_retry.ts";

export const noretryWithoutReclaim: Rule = {
  id: "noretry-without-reclaim",
  title: "__GFP_NORETRY without direct reclaim",
  severity: "hint",
  class: "redundant",
  concerns: { families: RETRIED, has: ["NORETRY"], lacks: ["RETRY_MAYFAIL"] },
  recalled: "since 4.x",
  explanation:
    "A request that may not block leaves the slow path before the test of __GFP_NORETRY. The flag says what happens anyway.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Drop it.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOWAIT | __GFP_NORETRY"]),
    good: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOWAIT"]),
  },
  check: withoutReclaim(
    "NORETRY",
    "A request that may not block is never retried, so __GFP_NORETRY has no effect: drop it.",
  ),
};
