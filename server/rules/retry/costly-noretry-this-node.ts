import { RETRIED, clash, comesTo, isCostly } from "../_allocators.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks, isTranshuge } from "./_retry.ts";

export const costlyNoretryThisNode: Rule = {
  id: "costly-noretry-this-node",
  title: "A costly order with __GFP_NORETRY and __GFP_THISNODE",
  severity: "information",
  class: "suspicious",
  concerns: { families: RETRIED },
  explanation:
    "The pair marks the first, local try for a transparent huge page: one compaction and no reclaim, so that the node is not emptied for it. GFP_TRANSHUGE, which means that, is not reported. Seen in 6.1.192, 6.12.117 and Android 6.18 as well; absent in 6.8.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Drop __GFP_THISNODE if the memory is needed.",
  examples: {
    bad: example("6.12.117", [
      "api   alloc_pages_node",
      "order 4",
      "node  0",
      "flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN | __GFP_THISNODE",
    ]),
    good: example("6.12.117", [
      "api   alloc_pages_node",
      "order 4",
      "node  0",
      "flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
    ]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asks(subject) || !subject.kernel.options.NUMA || !isCostly(subject) || isTranshuge(subject)) return NOTHING;
  const givesUp =
    comesTo(subject, "costlyThisNodeGivesUp") ||
    comesTo(subject, "thisNodeGivesUpInLoop") ||
    comesTo(subject, "nofailThisNodeGivesUpInLoop");
  if (!givesUp) return NOTHING;
  return clash(
    "NORETRY",
    "THISNODE",
    "A costly request with both flags gives up after one compaction and never reclaims, as the local try for a huge page wants it: drop __GFP_THISNODE if the memory is needed.",
  );
}
