import { isDecided, planOf, reaches } from "../_allocators.ts";
import { blocks, example, found, holds, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { inNmi, raw } from "./_context.ts";

export const wakeupUnderSchedulerLock: Rule = {
  id: "wakeup-under-scheduler-lock",
  title: "Waking kswapd under a raw spinlock",
  severity: "information",
  class: "suspicious",
  concerns: { lacks: ["DIRECT_RECLAIM"], holds: "raw_spinlock" },
  recalled: "since 2.6.x",
  explanation:
    "__GFP_KSWAPD_RECLAIM ends in try_to_wake_up(), which takes the locks of the scheduler. Under a runqueue, timer or wait queue lock, or one that is taken inside of those, that deadlocks. The kernel's own code in such places uses masks without any reclaim bit.",
  evidence: "mm/vmscan.c:wakeup_kswapd",
  advice: "Allocate outside of the lock, or clear __GFP_KSWAPD_RECLAIM.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT", "context raw"], [raw]),
    good: example(
      "6.12",
      ["api     kmalloc", "size    64 B", "flags   __GFP_HIGH | __GFP_NOWARN", "context raw"],
      [raw],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || subject.kernel.options.PREEMPT_RT || !holds(subject, "raw_spinlock") || inNmi(subject))
    return NOTHING;
  // A range sleeps in any case: range-nonblocking says it.
  if (
    blocks(subject) ||
    !reaches(subject, "KSWAPD_RECLAIM") ||
    planOf(subject).nmiSafe ||
    subject.api.family === "contig"
  )
    return NOTHING;
  return found(
    { kind: "flag", flag: "KSWAPD_RECLAIM" },
    "__GFP_KSWAPD_RECLAIM wakes kswapd, which takes scheduler locks: a deadlock if the raw spinlock is one of them or is taken inside of them; allocate outside, or clear the flag.",
  );
}
