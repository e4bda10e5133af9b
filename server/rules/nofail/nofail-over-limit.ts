import { RETRIED, planOf } from "../_allocators.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks } from "./_nofail.ts";

export const nofailOverLimit: Rule = {
  id: "nofail-over-limit",
  title: "Unchecked result although __GFP_NOFAIL can return NULL",
  severity: "error",
  class: "bug",
  concerns: { families: RETRIED, has: ["NOFAIL"], result: "unchecked" },
  recalled: "since 2.6.x",
  explanation:
    "Limits are checked before anything else: an order above the maximum, a kmalloc() above KMALLOC_MAX_SIZE or a kvmalloc() above INT_MAX gives NULL with __GFP_NOFAIL too, and so does a mask that cannot block.",
  evidence: "mm/page_alloc.c:__alloc_pages; mm/util.c:kvmalloc_node (mm/slub.c since 6.12)",
  advice: "Bound the size first, or check the result.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    8 MiB", "flags   GFP_KERNEL | __GFP_NOFAIL", "handles nothing"]),
    good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL", "handles nothing"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asks(subject) || subject.result !== "unchecked") return NOTHING;
  const isRefused = planOf(subject).refused === "always";
  if (!isRefused && blocks(subject)) return NOTHING;
  const why = isRefused
    ? "the size is above the limit, which is checked before __GFP_NOFAIL"
    : "__GFP_NOFAIL is not kept without __GFP_DIRECT_RECLAIM";
  return found(
    { kind: "result-check" },
    `${subject.api.name}() can return NULL all the same: ${why}; ${isRefused ? "bound the size or check the result" : "check the result"}.`,
    { kind: "add-result-check", title: "Handle NULL" },
  );
}
