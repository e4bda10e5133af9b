import { RETRIED, buddyOrder, comesTo, decides, kvmallocInstead, vmallocKeepsNofail } from "../_allocators.ts";
import { drop, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, NOFAIL } from "./_nofail.ts";

export const nofailCostlyOrder: Rule = {
  id: "nofail-costly-order",
  title: "__GFP_NOFAIL with a costly order",
  severity: "error",
  class: "bug",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: false },
  recalled: "since 4.12",
  explanation:
    "Above order 3 the slow path leaves before it asks whether reclaim should be retried, and the OOM killer refuses as well. __GFP_NOFAIL sends the task round again, with a small bonus of reserves, so that it can reclaim and compact for ever. Versions to 6.11 also warn when this begins.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath, __alloc_pages_may_oom",
  advice: "Use kvmalloc() or vmalloc() with __GFP_NOFAIL: they need single pages only.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 4", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   kvmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // Who may not sleep or reclaim never comes to the loop.
  if (
    !asksAndBlocks(subject) ||
    !decides(subject, "costlyHasNoOom") ||
    mayNotSleep(subject) ||
    comesTo(subject, "pfMemalloc")
  )
    return NOTHING;
  return found(
    NOFAIL,
    `At order ${buddyOrder(subject)} neither the retry logic nor the OOM killer is reached, so __GFP_NOFAIL reclaims and compacts without end; ${vmallocKeepsNofail(subject.kernel) ? "use kvmalloc(), or handle NULL" : "drop it and handle NULL"}.`,
    ...kvmallocInstead(subject),
    drop("NOFAIL"),
  );
}
