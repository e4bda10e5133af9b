import { PLACE, SCOPE, TASK } from "../../model/contexts.ts";
import { example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const memallocInHardirq: Rule = {
  id: "memalloc-in-hardirq",
  title: "PF_MEMALLOC in a hard interrupt",
  severity: "warning",
  class: "ineffective",
  concerns: { lacks: ["MEMALLOC"], mayNotSleep: true },
  recalled: "since 3.x",
  explanation:
    "The kernel honours PF_MEMALLOC of the task itself and of a softirq handler that sets it. In a hard interrupt it is not looked at: neither the state of the interrupted task nor a scope gives access to the reserves.",
  evidence: "mm/page_alloc.c:__gfp_pfmemalloc_flags",
  advice: "Fill a mempool beforehand.",
  examples: {
    bad: example(
      "6.12",
      ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context isr"],
      ["context isr { in hardirq  scope noreclaim }"],
    ),
    good: example(
      "6.12",
      ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context isr"],
      ["context isr { in hardirq }"],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.verdict.unknown !== null) return NOTHING;
  const { places, scopes, task } = subject.request.context;
  const expected = (scopes & (SCOPE.noreclaim | SCOPE.memalloc)) !== 0 || (task & TASK.reclaim) !== 0;
  if ((places & PLACE.hardirq) === 0 || (places & PLACE.nmi) !== 0 || !expected || has(subject, "MEMALLOC"))
    return NOTHING;
  return found(
    { kind: "context" },
    "PF_MEMALLOC counts in a task or where a softirq serves, never in a hard interrupt, so the reserves stay closed here: fill a mempool beforehand.",
  );
}
