import { refusesSize } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const nolockOrder: Rule = {
  id: "nolock-order",
  title: "alloc_pages_nolock() of an order that the per-cpu lists do not hold",
  severity: "error",
  class: "bug",
  concerns: { families: ["nolock"] },
  explanation:
    "The call may wait for no lock, so it serves only what the lists of the CPU hold: orders up to PAGE_ALLOC_COSTLY_ORDER (3), and huge pages where they are built in. Any other order is NULL at once.",
  evidence: "mm/page_alloc.c:alloc_frozen_pages_nolock, pcp_allowed_order",
  advice: "Ask for single pages, or allocate before, where locks may be taken.",
  examples: {
    bad: example("6.18", ["api     alloc_pages_nolock", "order   4", "flags   0", "handles null"]),
    good: example("6.18", ["api     alloc_pages_nolock", "order   3", "flags   0", "handles null"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // kmalloc-nolock-limits says it of kmalloc_nolock().
  return subject.api.family === "nolock" && subject.api.size === "order" && refusesSize(subject)
    ? found(
        { kind: "size" },
        `${subject.api.name}() serves the orders that the per-cpu lists hold and returns NULL for any other: ask for smaller blocks, or allocate where locks may be taken.`,
      )
    : NOTHING;
}
