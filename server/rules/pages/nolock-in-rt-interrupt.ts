import { refusesContext } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const nolockInRtInterrupt: Rule = {
  id: "nolock-in-rt-interrupt",
  title: "alloc_pages_nolock() or kmalloc_nolock() in a hard interrupt of a real-time kernel",
  severity: "error",
  class: "bug",
  concerns: { families: ["nolock"] },
  explanation:
    "With PREEMPT_RT the allocator's locks sleep, and in a hard interrupt or NMI not even a trylock may be taken: the calls that wait for nothing return NULL at once there.",
  evidence: "mm/page_alloc.c:alloc_frozen_pages_nolock; mm/slub.c:kmalloc_nolock",
  advice: "Allocate before, or leave it to a thread.",
  examples: {
    bad: example(
      "6.18",
      ["api     alloc_pages_nolock", "order   0", "flags   0", "context hardirq", "handles null"],
      ["config { PREEMPT_RT on }"],
    ),
    good: example(
      "6.18",
      ["api     alloc_pages_nolock", "order   0", "flags   0", "handles null"],
      ["config { PREEMPT_RT on }"],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "nolock" && refusesContext(subject)
    ? found(
        { kind: "context" },
        `${subject.api.name}() may not even try a lock in a hard interrupt of a real-time kernel, and returns NULL: allocate before, or leave it to a thread.`,
      )
    : NOTHING;
}
