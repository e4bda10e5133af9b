import { drop, example, found, has, holds, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { journal, journalScope, reclaimsByItself, reclaimsWith } from "./_recursion.ts";

export const fsReclaimUnderLock: Rule = {
  id: "fs-reclaim-under-lock",
  title: "FS-capable reclaim under a lock that reclaim or writeback takes",
  severity: "error",
  class: "bug",
  concerns: { holds: "fs_lock" },
  recalled: "since 2.6.x",
  explanation:
    "The context holds a lock that filesystem reclaim (a shrinker, writeback, inode eviction) could take, and the request lets direct reclaim enter the filesystem: the task then waits for itself. Lockdep sees it through its fs_reclaim map at every such call, not only when memory is short. The check looks at the mask that reaches the page allocator: a nofs or noio scope, or PF_MEMALLOC, keeps reclaim out and the rule is quiet.",
  evidence: "mm/page_alloc.c:fs_reclaim_acquire, __perform_reclaim",
  advice:
    "Wrap the section in memalloc_nofs_save()/memalloc_nofs_restore() and keep GFP_KERNEL; GFP_NOFS covers this one call only.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "context journal"], [journal]),
    good: example(
      "6.12",
      ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "context journal"],
      [journalScope],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // The vmalloc calls without a mask have a rule of their own, vmalloc-under-fs-lock.
  if (
    !holds(subject, "fs_lock") ||
    !reclaimsWith(subject, "FS") ||
    (subject.api.family === "vmalloc" && !subject.api.takesMask)
  )
    return NOTHING;
  if (has(subject, "FS") && !reclaimsByItself(subject)) {
    return found(
      { kind: "flag", flag: "FS" },
      "With __GFP_FS direct reclaim may enter the filesystem and wait for the lock that this context holds: open a memalloc_nofs_save() scope around the locked section.",
      ...(subject.api.family === "vmalloc" && subject.kernel.features.vmallocPageTables === "gfp-kernel"
        ? []
        : [drop("FS")]),
    );
  }
  return found(
    subject.api.takesMask ? { kind: "mask" } : { kind: "api" },
    `${subject.api.name}() allocates with a mask of its own that has __GFP_FS, so reclaim may wait for the lock that this context holds: open a memalloc_nofs_save() scope around the locked section.`,
  );
}
