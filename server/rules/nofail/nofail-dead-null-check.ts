import { RETRIED, buddyOrder, callText } from "../_allocators.ts";
import { drop, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, isUnsupported } from "./_nofail.ts";

export const nofailDeadNullCheck: Rule = {
  id: "nofail-dead-null-check",
  title: "NULL check after a __GFP_NOFAIL that is kept",
  severity: "hint",
  class: "redundant",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: false, result: "checked" },
  recalled: "since 2.6.x",
  explanation:
    "Where the model says that the call never fails, the error path is dead code, and nobody will ever have tested it. It says so for __GFP_NOFAIL that may block, up to order 1 or through kvmalloc(), within the size limits.",
  evidence: "include/linux/gfp_types.h, reclaim modifiers; mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Remove the check, or drop __GFP_NOFAIL.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL", "handles null"]),
    good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "handles null"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    subject.result !== "checked" ||
    subject.verdict.fails !== "never" ||
    buddyOrder(subject) > 1 ||
    mayNotSleep(subject) ||
    isUnsupported(subject)
  )
    return NOTHING;
  return found(
    { kind: "result-check" },
    `With __GFP_NOFAIL ${callText(subject)} never returns NULL here, so the check is dead code; remove it, or drop __GFP_NOFAIL.`,
    { kind: "remove-result-check", title: "Remove the check for NULL" },
    drop("NOFAIL"),
  );
}
