import { planOf } from "../_allocators.ts";
import { example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import { inNmi } from "../context/_context.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isFree, place } from "./_frees.ts";

const locked = 'context update { in process  holds spinlock "table" }';

export const kvfreeInAtomic: Rule = {
  id: "kvfree-in-atomic",
  title: "kvfree() where memory of vmalloc() may not be freed",
  severity: "warning",
  class: "bug",
  concerns: { families: ["free"], mayNotSleep: true },
  speaksOf: "first",
  explanation:
    "Whether kvmalloc() memory came from kmalloc() or from vmalloc() hangs on the day. vfree() sleeps, so kvfree() under a spinlock, in an RCU reader or with preemption or interrupts off works until the memory is large or scarce. In an interrupt and with bottom halves off vfree() leaves the work to a worker, and kvfree() is fine.",
  evidence: "mm/util.c:kvfree (mm/slub.c since 6.15); mm/vmalloc.c:vfree",
  advice: "Free after the section, or use kvfree_rcu() with an rcu_head in the object.",
  examples: {
    bad: example("6.12", ["api     kvfree", "context update"], [locked]),
    good: example("6.12", ["api     kvfree", "context softirq"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { sleeps, sleepsAtOnce } = planOf(subject);
  if (!isFree(subject) || !sleeps || sleepsAtOnce || !mayNotSleep(subject) || inNmi(subject)) return NOTHING;
  return found(
    { kind: "api" },
    `${subject.api.name}() sleeps where the memory came from vmalloc(), which is forbidden ${place(subject)}: free after it, or use kvfree_rcu().`,
  );
}
