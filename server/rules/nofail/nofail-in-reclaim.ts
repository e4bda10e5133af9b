import { SCOPE } from "../../model/contexts.ts";
import { RETRIED, comesTo } from "../_allocators.ts";
import { drop, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, isUnsupported, NOFAIL } from "./_nofail.ts";

export const nofailInReclaim: Rule = {
  id: "nofail-in-reclaim",
  title: "__GFP_NOFAIL with PF_MEMALLOC",
  severity: "warning",
  class: "warn",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: false },
  recalled: "since 4.x",
  explanation:
    "A task that reclaims, or that is inside of memalloc_noreclaim_save(), does not reclaim again: its request goes from the reserves straight to failure. __GFP_NOFAIL turns that into a loop that waits for other tasks, with a warning: when it loops (from 5.19 to 6.11 not with __GFP_NOWARN), since 6.12 always and on entry.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice:
    "Allocate before the scope begins. Where reclaim itself has come here (kswapd, or a caller that reclaims), leave the work to a workqueue, or keep what it takes at hand.",
  examples: {
    bad: example(
      "6.12",
      ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL", "context shrinker"],
      ["context shrinker { in process  in reclaim }"],
    ),
    good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asksAndBlocks(subject) || mayNotSleep(subject) || !comesTo(subject, "pfMemalloc") || isUnsupported(subject))
    return NOTHING;
  return found(
    NOFAIL,
    `A task with PF_MEMALLOC cannot reclaim, so __GFP_NOFAIL ${spinning(subject)} until others free memory; ${wayOut(subject)}.`,
    drop("NOFAIL"),
  );
}

function spinning(subject: Subject): string {
  if (comesTo(subject, "nofailPfMemallocWarnsEntering")) return "warns on entry of the slow path and spins";
  return comesTo(subject, "nofailPfMemallocWarns") ? "warns and spins" : "spins, and __GFP_NOWARN hides the warning";
}

/** A scope has a beginning that the code can see; a task that reclaims has none. */
const wayOut = (subject: Subject): string =>
  (subject.request.context.scopes & (SCOPE.noreclaim | SCOPE.memalloc)) !== 0
    ? "allocate before the scope begins"
    : "leave the work to a workqueue, or have the memory at hand before reclaim comes here";
