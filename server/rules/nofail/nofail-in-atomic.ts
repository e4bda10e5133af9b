import { RETRIED } from "../_allocators.ts";
import { drop, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, NOFAIL } from "./_nofail.ts";

export const nofailInAtomic: Rule = {
  id: "nofail-in-atomic",
  title: "__GFP_NOFAIL where the caller may not sleep",
  severity: "error",
  class: "bug",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: true },
  recalled: "since 2.6.x",
  explanation:
    "The only way to keep the promise is to sleep and try again. In a context that may not sleep a blocking mask is a bug by itself; a mask that does not block is reported as nofail-without-reclaim.",
  evidence: "include/linux/sched/mm.h:might_alloc; mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Allocate before entering the context, or handle NULL.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL", "context softirq"]),
    good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT", "context softirq"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asksAndBlocks(subject) || !mayNotSleep(subject)) return NOTHING;
  return found(
    NOFAIL,
    "__GFP_NOFAIL can be kept only by sleeping, which this context forbids: allocate before entering it, or drop the flag and handle NULL.",
    drop("NOFAIL"),
  );
}
