import { hugePageOrder } from "../../model/limits.ts";
import type { CompositeName } from "../../model/masks/mask.ts";
import { PAGES, buddyOrder, isDecided, isPages } from "../_allocators.ts";
import { example, found, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const transhugeOrder: Rule = {
  id: "transhuge-order",
  title: "GFP_TRANSHUGE for something else than a huge page",
  severity: "information",
  class: "suspicious",
  concerns: { families: PAGES },
  recalled: "since 4.6",
  explanation:
    "The composites are tuned for huge pages that are welcome and not needed: no kswapd, no reserves, no report, and in the light form no reclaim at all. At other orders that means failures nobody expects.",
  evidence: "include/linux/gfp_types.h, GFP_TRANSHUGE",
  advice: "Write the flags that the request needs, from GFP_KERNEL or GFP_HIGHUSER_MOVABLE on.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_TRANSHUGE"]),
    good: example("6.12", ["api   alloc_pages", "order 9", "flags GFP_TRANSHUGE"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const composite = TRANSHUGE.find((name) => wrote(subject, `GFP_${name}`));
  const huge = hugePageOrder(subject.kernel);
  if (!isDecided(subject) || !isPages(subject) || composite === undefined || buddyOrder(subject) === huge)
    return NOTHING;
  const reclaim = composite === "TRANSHUGE_LIGHT" ? "neither reclaims nor wakes kswapd" : "does not wake kswapd";
  return found(
    { kind: "composite", composite },
    `GFP_${composite} is for huge pages (order ${huge}): it ${reclaim}, and brings __GFP_COMP, __GFP_NOMEMALLOC and __GFP_NOWARN; write what this request needs.`,
  );
}

const TRANSHUGE: readonly CompositeName[] = ["TRANSHUGE", "TRANSHUGE_LIGHT"];
