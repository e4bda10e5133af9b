import { planOf } from "../_allocators.ts";
import { example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import { inNmi } from "../context/_context.ts";
import type { Match, Rule, RuleFix, Subject } from "../rule.ts";
import { isFree, place } from "./_frees.ts";

const locked = 'context update { in process  holds spinlock "table" }';

export const freeSleepsInAtomic: Rule = {
  id: "free-sleeps-in-atomic",
  title: "A free that sleeps where sleeping is forbidden",
  severity: "error",
  class: "bug",
  concerns: { families: ["free"], mayNotSleep: true },
  speaksOf: "first",
  explanation:
    "vfree() unmaps, which sleeps. In an interrupt and with bottom halves off it notices and leaves the work to a worker; under a spinlock, in an RCU reader, with preemption or interrupts off it does not, and sleeps. kfree_rcu_mightsleep() sleeps wherever it is called.",
  evidence: "mm/vmalloc.c:vfree; kernel/rcu/tree.c:kvfree_call_rcu (mm/slab_common.c since 6.14)",
  advice: "Free after the section, or use vfree_atomic(); for kfree_rcu_mightsleep() put an rcu_head into the object.",
  examples: {
    bad: example("6.12", ["api     vfree", "context update"], [locked]),
    good: example("6.12", ["api     vfree_atomic", "context update"], [locked]),
  },
  check,
};

const ATOMIC: RuleFix = { kind: "replace-api", api: "vfree_atomic", title: "Use vfree_atomic()" };

function check(subject: Subject): readonly Match[] {
  if (!isFree(subject) || !planOf(subject).sleepsAtOnce || !mayNotSleep(subject) || inNmi(subject)) return NOTHING;
  const { name } = subject.api;
  return found(
    { kind: "api" },
    `${name}() sleeps, which is forbidden ${place(subject)}: ${name === "vfree" ? "free after it, or use vfree_atomic()" : "free after it, or use kfree_rcu() with an rcu_head"}.`,
    ...(name === "vfree" ? [ATOMIC] : []),
  );
}
