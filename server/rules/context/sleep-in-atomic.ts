import { apiNamed } from "../../model/apis.ts";
import { isDecided } from "../_allocators.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isGentle, nonBlocking, rx, sleepsInAtomic, whatToWrite, whereItIs } from "./_context.ts";

export const sleepInAtomic: Rule = {
  id: "sleep-in-atomic",
  title: "A mask that may sleep where sleeping is forbidden",
  severity: "error",
  class: "bug",
  concerns: { mayNotSleep: true },
  recalled: "since 2.6.x",
  explanation:
    "A mask with __GFP_DIRECT_RECLAIM sleeps when memory is low. In an interrupt, under a spinlock, with preemption or interrupts off and in an RCU reader that is a bug: DEBUG_ATOMIC_SLEEP reports it on every call, without it the machine schedules while atomic on a bad day only. With PREEMPT_RT a spinlock section is preemptible, but an RCU reader.",
  evidence: "include/linux/sched/mm.h:might_alloc; mm/page_alloc.c:prepare_alloc_pages; mm/slab.h:slab_pre_alloc_hook",
  advice:
    "Allocate before entering the context. Else write GFP_NOWAIT and handle NULL; GFP_ATOMIC where the reserves are justified.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_KERNEL", "context rx"], [rx]),
    good: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_NOWAIT", "context rx"], [rx]),
  },
  check,
};

/** A mask may be given, and none is. */
const takesOne = (subject: Subject): boolean => apiNamed(subject.api.name)?.takesMask === true;

function check(subject: Subject): readonly Match[] {
  if (!sleepsInAtomic(subject)) return NOTHING;
  if (!isDecided(subject)) {
    if (subject.api.takesMask) return NOTHING;
    return found(
      { kind: "api" },
      takesOne(subject)
        ? `${subject.api.name}() without a mask uses GFP_KERNEL and may sleep, which is forbidden ${whereItIs(subject)}: ${whatToWrite(subject)}.`
        : `${subject.api.name}() may sleep, which is forbidden ${whereItIs(subject)}: call it before.`,
    );
  }
  if (!blocks(subject) || isGentle(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "DIRECT_RECLAIM" },
    `This mask has __GFP_DIRECT_RECLAIM and may sleep, which is forbidden ${whereItIs(subject)}: ${whatToWrite(subject)}.`,
    ...nonBlocking(subject),
  );
}
