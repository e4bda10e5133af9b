import { isSlab, planOf } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { inNmi } from "./_context.ts";

export const allocInNmi: Rule = {
  id: "alloc-in-nmi",
  title: "An allocation in an NMI",
  severity: "error",
  class: "bug",
  concerns: { mayNotSleep: true },
  recalled: "since 2.6.x",
  explanation:
    "An NMI can interrupt the allocator while it holds the lock of a zone, a per-cpu list or a slab. A second call from there waits for a lock that will never be released. No mask changes that; only the calls that never spin are safe.",
  evidence: "include/linux/gfp_types.h, GFP_ATOMIC; mm/page_alloc.c:alloc_pages_nolock",
  advice:
    "Allocate before, or queue irq_work; since 6.15 alloc_pages_nolock() (first called try_alloc_pages()), since 6.18 kmalloc_nolock().",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_ATOMIC", "context nmi"]),
    good: example("6.18", [
      "api     kmalloc_nolock",
      "size    64 B",
      "flags   __GFP_ZERO",
      "context nmi",
      "handles null",
    ]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!inNmi(subject) || subject.api.family === "free" || !subject.isKnown) return NOTHING;
  const plan = planOf(subject);
  if (plan.nmiSafe || (plan.order < 0 && subject.verdict.sleeps === "never" && plan.refused === "never"))
    return NOTHING;
  const { nolockPages } = subject.kernel.features;
  const nolock = !subject.api.takesMask
    ? null
    : isSlab(subject) && !subject.kernel.lacks.has("kmalloc_nolock")
      ? "kmalloc_nolock()"
      : nolockPages === "absent"
        ? null
        : nolockPages === "try_alloc_pages"
          ? "try_alloc_pages()"
          : "alloc_pages_nolock()";
  return found(
    { kind: "context" },
    `${subject.api.name}() takes locks that the interrupted code may hold, and can deadlock in an NMI whatever the mask: allocate before, or from irq_work${nolock === null ? "" : `, or use ${nolock}`}.`,
  );
}
