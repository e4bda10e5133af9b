import { RETRIED } from "../_allocators.ts";
import { example } from "../_predicates.ts";
import type { Rule } from "../rule.ts";
import { withoutReclaim } from "./_retry.ts";

export const retryMayfailWithoutReclaim: Rule = {
  id: "retry-mayfail-without-reclaim",
  title: "__GFP_RETRY_MAYFAIL without direct reclaim",
  severity: "warning",
  class: "ineffective",
  concerns: { families: RETRIED, has: ["RETRY_MAYFAIL"], lacks: ["NORETRY"] },
  recalled: "since 4.13",
  explanation:
    "The slow path leaves a request that may not block before it comes to any retry, so there is nothing for the flag to change.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Drop it, or let the request block.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOWAIT | __GFP_RETRY_MAYFAIL"]),
    good: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
  },
  check: withoutReclaim(
    "RETRY_MAYFAIL",
    "A request that may not block is never retried, so __GFP_RETRY_MAYFAIL has no effect: drop it, or let the request block.",
  ),
};
