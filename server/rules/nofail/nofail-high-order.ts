import { RETRIED, buddyOrder, comesTo, kvmallocInstead, vmallocKeepsNofail } from "../_allocators.ts";
import { drop, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, NOFAIL } from "./_nofail.ts";

export const nofailHighOrder: Rule = {
  id: "nofail-high-order",
  title: "__GFP_NOFAIL above order 1",
  severity: "warning",
  class: "warn",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: false },
  recalled: "since 2.6.x",
  explanation:
    "Fragmentation can keep a block of more than two pages away for ever. To 6.11 rmqueue() warns about such a request even when it succeeds (from 5.14 to 5.19 only when the per-cpu lists, which serve orders up to 3, had none); from 6.12 on the slow path warns on entry; in 7.0 the warning is gone, while gfp_types.h still calls it unsupported. Above order 3 the request is reported as nofail-costly-order instead.",
  evidence: "mm/page_alloc.c:rmqueue (to 6.11), __alloc_pages_slowpath (6.12 on)",
  advice: "Allocate single pages, or use kvmalloc() with __GFP_NOFAIL.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   alloc_pages", "order 1", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const order = buddyOrder(subject);
  if (!asksAndBlocks(subject) || order <= 1 || order > 3 || mayNotSleep(subject)) return NOTHING;
  return found(
    NOFAIL,
    `__GFP_NOFAIL is for orders 0 and 1, and this is order ${order}: ${complaint(subject)}; allocate single pages, or ${instead(subject)}.`,
    ...kvmallocInstead(subject),
    drop("NOFAIL"),
  );
}

function complaint(subject: Subject): string {
  if (comesTo(subject, "nofailOrderWarnsServing")) return "rmqueue() warns about it even when the pages are there";
  if (comesTo(subject, "nofailOrderWarnsFromBuddy"))
    return "rmqueue() warns about it unless a per-cpu list has the pages";
  return comesTo(subject, "nofailOrderWarnsEntering")
    ? "the slow path warns about it"
    : "the kernel documents it as unsupported, without a warning";
}

/** What to use in place of a high order that must not fail. */
const instead = (subject: Subject): string => (vmallocKeepsNofail(subject.kernel) ? "use kvmalloc()" : "handle NULL");
