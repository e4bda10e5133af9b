import { forbiddenPlace } from "../../model/apis.ts";
import { planOf } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import { inNmi, raw } from "../context/_context.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isFree } from "./_frees.ts";

export const rtFreeInAtomic: Rule = {
  id: "rt-free-in-atomic",
  title: "Memory given back in a place that is atomic with PREEMPT_RT",
  severity: "error",
  class: "bug",
  concerns: { families: ["free"] },
  speaksOf: "first",
  explanation:
    "With PREEMPT_RT the locks of the page and slab allocators sleep, for who gives memory back as for who asks for it. Under a raw spinlock, in a hard interrupt and with interrupts or preemption off they may not be taken. PREEMPT_RT is in mainline since 6.12; before, it is a patch.",
  evidence: "Documentation/core-api/real-time/differences.rst; mm/slub.c:kfree",
  advice:
    "Collect what is to be freed and free it after the section, or use kfree_rcu() with an rcu_head in the object.",
  examples: {
    bad: example("6.12\nconfig { PREEMPT_RT on }", ["api     kfree", "context raw"], [raw]),
    good: example("6.12\nconfig { PREEMPT_RT on }", ["api     kfree_rcu", "context raw"], [raw]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isFree(subject) || inNmi(subject)) return NOTHING;
  const forbidden = forbiddenPlace(subject.kernel, planOf(subject), subject.request.context);
  return forbidden === null
    ? NOTHING
    : found(
        { kind: "api" },
        `${subject.api.name}() may not be called here: ${forbidden.text}; free after the section, or use kfree_rcu().`,
      );
}
