import { example, found, has, holds, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { inScope, journal, journalScope, reclaimsWith } from "./_recursion.ts";

export const vmallocUnderFsLock: Rule = {
  id: "vmalloc-under-fs-lock",
  title: "vmalloc() under an FS lock without a scope",
  severity: "error",
  class: "bug",
  concerns: { families: ["vmalloc"], holds: "fs_lock" },
  recalled: "since 2.6.x",
  explanation:
    "vmalloc(), vzalloc() and their kin take no mask and use GFP_KERNEL, so reclaim may enter the filesystem whose lock is held. Up to 5.16 even __vmalloc() with GFP_NOFS allocated its page tables with GFP_KERNEL, so the rule speaks there too. Only a scope reaches all of it.",
  evidence: "mm/vmalloc.c:vmalloc, __vmalloc_area_node; include/linux/sched/mm.h:current_gfp_context",
  advice: "Open a memalloc_nofs_save() scope around the locked section.",
  examples: {
    bad: example("6.12", ["api     vmalloc", "size    96 KiB", "context journal"], [journal]),
    good: example("6.12", ["api     vmalloc", "size    96 KiB", "context journal"], [journalScope]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "vmalloc" || !holds(subject, "fs_lock") || inScope(subject, "nofs", "noio"))
    return NOTHING;
  if (!subject.api.takesMask) {
    if (!reclaimsWith(subject, "FS")) return NOTHING;
    return found(
      { kind: "api" },
      `${subject.api.name}() allocates with GFP_KERNEL, so reclaim may enter the filesystem whose lock this context holds: open a memalloc_nofs_save() scope around it.`,
    );
  }
  // With __GFP_FS in the mask fs-reclaim-under-lock says it of the pages already.
  if (
    subject.kernel.features.vmallocPageTables === "gfp-kernel" &&
    subject.verdict.reclaim === "direct" &&
    !has(subject, "FS")
  ) {
    return found(
      { kind: "mask" },
      `${subject.api.name}() allocates its page tables with GFP_KERNEL whatever the mask, so reclaim may enter the filesystem whose lock this context holds: open a memalloc_nofs_save() scope around it.`,
    );
  }
  return NOTHING;
}
