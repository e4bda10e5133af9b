import { planOf } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import { inNmi } from "../context/_context.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isFree } from "./_frees.ts";

export const freeInNmi: Rule = {
  id: "free-in-nmi",
  title: "Memory given back in an NMI",
  severity: "error",
  class: "bug",
  concerns: { families: ["free"], mayNotSleep: true },
  speaksOf: "first",
  explanation:
    "An NMI may have interrupted the allocator with its locks held; a call that gives memory back waits for them for ever. vfree() and vfree_atomic() stop at BUG_ON(in_nmi()) before that. kfree_rcu() takes a lock too.",
  evidence: "mm/slub.c:kfree; mm/vmalloc.c:vfree; kernel/rcu/tree.c:kvfree_call_rcu (mm/slab_common.c since 6.14)",
  advice: "Leave it to irq_work; since 6.18 kfree_nolock() gives back what kmalloc_nolock() gave.",
  examples: {
    bad: example("6.12", ["api     kfree", "context nmi"]),
    good: example("6.18", ["api     kfree_nolock", "context nmi"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isFree(subject) || !inNmi(subject)) return NOTHING;
  const { loops, dies } = subject.verdict;
  if (loops === "never" && dies === "never") return NOTHING;
  const stops = planOf(subject).bugs === "always";
  return found(
    { kind: "context" },
    stops
      ? `${subject.api.name}() stops at BUG_ON(in_nmi()) here: leave it to irq_work.`
      : `${subject.api.name}() takes locks that the interrupted code may hold, and can deadlock in an NMI: leave it to irq_work.`,
  );
}
