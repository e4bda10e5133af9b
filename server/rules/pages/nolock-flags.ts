import { example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { unexpected } from "./_pages.ts";

export const nolockFlags: Rule = {
  id: "nolock-flags",
  title: "alloc_pages_nolock() with other flags than __GFP_ACCOUNT",
  severity: "warning",
  class: "warn",
  concerns: { families: ["nolock"] },
  explanation:
    "The call tries the free lists once with trylocks and never reclaims, so a reclaim bit would promise what it must not do; it sets __GFP_NOWARN, __GFP_ZERO and __GFP_NOMEMALLOC by itself, and __GFP_COMP since it takes a mask (before, __GFP_ACCOUNT). Other flags are a VM_WARN_ON_ONCE. It began as try_alloc_pages() without a mask (6.15), was renamed (6.16), and takes a mask since 6.18.",
  evidence: "mm/page_alloc.c:alloc_frozen_pages_nolock",
  advice: "Pass 0 or __GFP_ACCOUNT.",
  examples: {
    bad: example("6.18", ["api   alloc_pages_nolock", "order 0", "flags GFP_NOWAIT"]),
    good: example("6.18", ["api   alloc_pages_nolock", "order 0", "flags __GFP_ACCOUNT", "handles null"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "nolock" || subject.api.name === "kmalloc_nolock" || subject.mask === 0) return NOTHING;
  if (!subject.api.takesMask || subject.kernel.features.nolockPages !== "alloc_pages_nolock-with-gfp") {
    return found({ kind: "mask" }, `${subject.api.name}() takes no mask in this kernel: drop it.`, {
      kind: "remove-argument",
      argument: "mask",
      title: "Drop the mask",
    });
  }
  const flags = unexpected(subject);
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() never reclaims or waits and expects no flag but __GFP_ACCOUNT; a debug kernel warns: pass 0 or __GFP_ACCOUNT.`,
        {
          kind: "replace-mask",
          text: has(subject, "ACCOUNT") ? "__GFP_ACCOUNT" : "0",
          title: "Pass only what it expects",
        },
      );
}
