import { inTask } from "../../model/contexts.ts";
import type { FlagName } from "../../model/masks/mask.ts";
import { blocks, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const atomicOvercharge: Rule = {
  id: "atomic-overcharge",
  title: "A charged atomic request that is let above the limit",
  severity: "information",
  class: "suspicious",
  concerns: { has: ["ACCOUNT"], lacks: ["DIRECT_RECLAIM"] },
  explanation:
    "A non-blocking charge cannot reclaim in its memory cgroup. In interrupt nothing is charged, so the rule speaks of task context. With __GFP_HIGH (the release of the change from __GFP_ATOMIC, which did it up to 5.15, lies before 6.1) it is let above the limit instead of failing; __GFP_NOFAIL is too. GFP_NOWAIT fails at the limit.",
  evidence: "mm/memcontrol.c:try_charge_memcg (5.15, 6.1)",
  advice: "Pass GFP_NOWAIT | __GFP_ACCOUNT where the limit must hold.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_ATOMIC | __GFP_ACCOUNT"]),
    good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_NOWAIT | __GFP_ACCOUNT"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { kernel, api, request } = subject;
  const { memcgOvershootFor } = kernel.features;
  if (memcgOvershootFor === "none" || !inTask(request.context)) return NOTHING;
  const decides: FlagName = memcgOvershootFor === "high" ? "HIGH" : "ATOMIC";
  return has(subject, "ACCOUNT") && has(subject, decides) && !blocks(subject) && api.plan(kernel, request).charged
    ? found(
        { kind: "flag", flag: "ACCOUNT" },
        "An atomic charge is let above the memory cgroup's limit instead of failing: write GFP_NOWAIT | __GFP_ACCOUNT where the limit must hold.",
      )
    : NOTHING;
}
