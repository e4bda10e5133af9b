import { PAGES_OR_OBJECTS, clash, decides, isPages, isSlab } from "../_allocators.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks } from "./_nofail.ts";

export const nofailOnThisNode: Rule = {
  id: "nofail-on-this-node",
  title: "__GFP_NOFAIL with __GFP_THISNODE",
  severity: "warning",
  class: "warn",
  concerns: { families: PAGES_OR_OBJECTS, has: ["NOFAIL", "DIRECT_RECLAIM"] },
  recalled: "since 4.x",
  explanation:
    "__GFP_THISNODE uses the zonelist without fallback, and the OOM killer is not called for it. With __GFP_NOFAIL the task can spin on a full node while others have memory.",
  evidence: "mm/page_alloc.c:__alloc_pages_may_oom; include/linux/gfp.h:gfp_zonelist",
  advice: "Drop __GFP_THISNODE and name the node only, or drop __GFP_NOFAIL.",
  examples: {
    bad: example("6.12", [
      "api   alloc_pages_node",
      "order 0",
      "node  1",
      "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_THISNODE",
    ]),
    good: example("6.12", ["api   alloc_pages_node", "order 0", "node  1", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return asksAndBlocks(subject) &&
    (isPages(subject) || isSlab(subject)) &&
    decides(subject, "thisNodeHasNoOom") &&
    subject.kernel.options.NUMA
    ? clash(
        "NOFAIL",
        "THISNODE",
        "For __GFP_THISNODE the OOM killer is not called and no other node is tried, so __GFP_NOFAIL can spin beside free memory: drop one of them.",
      )
    : NOTHING;
}
