import { RETRIED, isUncheckedInReclaim } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const noreclaimScopeUnchecked: Rule = {
  id: "noreclaim-scope-unchecked",
  title: "Unchecked blocking request with PF_MEMALLOC",
  severity: "warning",
  class: "warn",
  concerns: { families: RETRIED, has: ["DIRECT_RECLAIM"], lacks: ["NOFAIL"], mayNotSleep: false, result: "unchecked" },
  recalled: "since 2.6.x",
  explanation:
    "Inside of memalloc_noreclaim_save(), and in a task that reclaims, a request may use the reserves without limit, but it may not reclaim again. When the reserves are empty it fails, at order 0 and with GFP_KERNEL too.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Handle NULL; __GFP_NOMEMALLOC opts out of the reserves.",
  examples: {
    bad: example(
      "6.12",
      ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "context writeout", "handles nothing"],
      ["context writeout { in process  scope noreclaim }"],
    ),
    good: example(
      "6.12",
      ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "context writeout", "handles null"],
      ["context writeout { in process  scope noreclaim }"],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isUncheckedInReclaim(subject)) return NOTHING;
  return found(
    { kind: "result-check" },
    "A task with PF_MEMALLOC takes from the reserves and then fails at once instead of reclaiming, so a mask that may block returns NULL at order 0 too: handle NULL.",
    { kind: "add-result-check", title: "Handle NULL" },
  );
}
