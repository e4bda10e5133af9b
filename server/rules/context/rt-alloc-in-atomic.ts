import { forbidsEvenNonBlocking } from "../../model/contexts.ts";
import { isDecided, planOf } from "../_allocators.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { raw } from "./_context.ts";

export const rtAllocInAtomic: Rule = {
  id: "rt-alloc-in-atomic",
  title: "An allocation in a place that is atomic with PREEMPT_RT",
  severity: "error",
  class: "bug",
  concerns: { lacks: ["DIRECT_RECLAIM"], mayNotSleep: true },
  explanation:
    "With PREEMPT_RT the locks of the page and slab allocators sleep. Under a raw spinlock, in a hard interrupt and with interrupts or preemption off they may not be taken, so neither GFP_ATOMIC nor GFP_NOWAIT is right there, and freeing is wrong as well. PREEMPT_RT is in mainline since 6.12; before, it is a patch.",
  evidence: "Documentation/core-api/real-time/differences.rst; include/linux/gfp_types.h, GFP_ATOMIC",
  advice: "Allocate outside of the section, or leave it to a thread.",
  examples: {
    bad: example(
      "6.12\nconfig { PREEMPT_RT on }",
      ["api     kmalloc", "size    128 B", "flags   GFP_ATOMIC", "context raw"],
      [raw],
    ),
    good: example("6.12\nconfig { PREEMPT_RT on }", [
      "api     kmalloc",
      "size    128 B",
      "flags   GFP_ATOMIC",
      "context spinlock",
    ]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || blocks(subject) || planOf(subject).nmiSafe) return NOTHING;
  const forbidden = forbidsEvenNonBlocking(subject.kernel, subject.request.context);
  if (forbidden === null || forbidden.because === "nmi") return NOTHING;
  return found(
    { kind: "mask" },
    `No mask is right here: ${forbidden.text}; allocate outside of it, or leave it to a thread.`,
  );
}
