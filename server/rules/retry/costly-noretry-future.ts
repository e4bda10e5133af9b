import { comesTo } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks } from "./_retry.ts";

export const costlyNoretryFuture: Rule = {
  id: "costly-noretry-future",
  title: "A costly __GFP_NORETRY may soon not reclaim at all",
  severity: "information",
  class: "suspicious",
  explanation:
    "A change of 2026 in the development tree leaves out direct reclaim and compaction for costly orders with __GFP_NORETRY. It was in no release when it was read, and a second form of it was under discussion.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath of the development tree (linux-mm)",
  advice: "Treat such a request as a try of what lies free.",
  examples: {
    bad: example("7.x-dev", [
      "api     alloc_pages",
      "order   4",
      "flags   GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
      "handles null",
    ]),
    good: example("7.0", [
      "api     alloc_pages",
      "order   4",
      "flags   GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
      "handles null",
    ]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asks(subject) || !comesTo(subject, "costlyNoretrySkipsReclaim")) return NOTHING;
  return found(
    { kind: "flag", flag: "NORETRY" },
    "The development tree neither reclaims nor compacts for a costly request with __GFP_NORETRY: take it as a try of what lies free, and have a fallback.",
  );
}
