import { example, found, mayNotSleep, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { inScope, journalScope } from "./_recursion.ts";

export const nofsInScope: Rule = {
  id: "nofs-in-scope",
  title: "GFP_NOFS inside a memalloc_nofs or memalloc_noio scope",
  severity: "hint",
  class: "redundant",
  concerns: { mayNotSleep: false },
  recalled: "since 4.12",
  explanation:
    "The scope already takes __GFP_FS (and in a noio scope __GFP_IO) out of every mask, before the page allocator reclaims anything. Saying it again at the call has no effect and hides which of the two is meant. Kernels to 5.11 applied the scope only before the slow path; the fast path does not reclaim, so the outcome is the same.",
  evidence: "include/linux/sched/mm.h:current_gfp_context; mm/page_alloc.c:__alloc_pages",
  advice: "Write GFP_KERNEL: the scope decides.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    512 B", "flags   GFP_NOFS", "context journal"], [journalScope]),
    good: example(
      "6.12",
      ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "context journal"],
      [journalScope],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // In atomic context GFP_KERNEL would be no better; sleep-in-atomic says what is wrong there.
  if (mayNotSleep(subject)) return NOTHING;
  if (wrote(subject, "GFP_NOFS") && inScope(subject, "nofs", "noio")) {
    return found(
      { kind: "composite", composite: "NOFS" },
      "The scope takes __GFP_FS out of the mask already, so GFP_NOFS adds nothing here: write GFP_KERNEL.",
      { kind: "replace-name", name: "GFP_NOFS", by: "GFP_KERNEL", title: "Write GFP_KERNEL" },
    );
  }
  if (wrote(subject, "GFP_NOIO") && inScope(subject, "noio")) {
    return found(
      { kind: "composite", composite: "NOIO" },
      "The scope takes __GFP_IO and __GFP_FS out of the mask already, so GFP_NOIO adds nothing here: write GFP_KERNEL.",
      { kind: "replace-name", name: "GFP_NOIO", by: "GFP_KERNEL", title: "Write GFP_KERNEL" },
    );
  }
  return NOTHING;
}
