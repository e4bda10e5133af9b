import { RETRIED, isDecided, isRetried } from "../_allocators.ts";
import { blocks, drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const thisNodeUnchecked: Rule = {
  id: "this-node-unchecked",
  title: "__GFP_THISNODE without a NULL check",
  severity: "information",
  class: "suspicious",
  concerns: { families: RETRIED, has: ["THISNODE", "DIRECT_RECLAIM"], lacks: ["NOFAIL"], result: "unchecked" },
  recalled: "since 4.x",
  explanation:
    "The zonelist has no other node in it, and the OOM killer is not called, so that GFP_KERNEL fails at order 0 when one node is full. For a node that is offline the kernel also warns.",
  evidence: "include/linux/gfp.h:gfp_zonelist; mm/page_alloc.c:__alloc_pages_may_oom",
  advice: "Handle NULL, or drop __GFP_THISNODE and keep the node as a wish.",
  examples: {
    bad: example("6.12", [
      "api     alloc_pages_node",
      "order   0",
      "node    1",
      "flags   GFP_KERNEL | __GFP_THISNODE",
      "handles nothing",
    ]),
    good: example("6.12", [
      "api     alloc_pages_node",
      "order   0",
      "node    1",
      "flags   GFP_KERNEL | __GFP_THISNODE",
      "handles null",
    ]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !isRetried(subject) ||
    !has(subject, "THISNODE") ||
    !blocks(subject) ||
    has(subject, "NOFAIL") ||
    !subject.kernel.options.NUMA
  )
    return NOTHING;
  if (subject.result !== "unchecked" || subject.verdict.fails === "never") return NOTHING;
  // The missing check itself is reported by unchecked-result.
  return found(
    { kind: "flag", flag: "THISNODE" },
    "__GFP_THISNODE allows no other node and no OOM killer, so the call fails at order 0 too when the node is full: handle NULL, or drop it.",
    { kind: "add-result-check", title: "Handle NULL" },
    drop("THISNODE"),
  );
}
