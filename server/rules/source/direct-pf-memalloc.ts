import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const directPfMemalloc: SourceRule = {
  id: "direct-pf-memalloc",
  title: "PF_MEMALLOC set by hand",
  severity: "information",
  class: "suspicious",
  explanation:
    "The flags of the task that the allocator reads nest: who clears what he found set ends somebody else's scope. memalloc_noreclaim_save(), memalloc_nofs_save() and memalloc_noio_save() keep the old value and give it back; PF_MEMALLOC opens all reserves besides, which is for reclaim alone.",
  evidence: "include/linux/sched/mm.h:memalloc_noreclaim_save, memalloc_nofs_save",
  advice: "Use the memalloc_*_save() of the flag, and its restore.",
  examples: {
    bad: inFunction(
      "static void write_out(struct gadget *dev)",
      "current->flags |= PF_MEMALLOC;",
      "flush(dev);",
      "current->flags &= ~PF_MEMALLOC;",
    ),
    good: inFunction(
      "static void write_out(struct gadget *dev)",
      "unsigned int flags = memalloc_noreclaim_save();",
      "",
      "flush(dev);",
      "memalloc_noreclaim_restore(flags);",
    ),
  },
  check: (fact) =>
    fact.kind === "task-flag-set"
      ? said(
          fact.isSet
            ? `${fact.flag} is set by hand, and nothing keeps whether it was set before: use ${SAVES[fact.flag] ?? "the memalloc scopes"}.`
            : `${fact.flag} is cleared whoever set it, and a scope around this one ends: use the restore of ${SAVES[fact.flag] ?? "the memalloc scopes"}.`,
        )
      : null,
};

const SAVES: Readonly<Record<string, string>> = {
  PF_MEMALLOC: "memalloc_noreclaim_save()",
  PF_MEMALLOC_NOFS: "memalloc_nofs_save()",
  PF_MEMALLOC_NOIO: "memalloc_noio_save()",
};
