import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const unbalancedScope: SourceRule = {
  id: "unbalanced-scope",
  title: "memalloc scope saved and not restored",
  severity: "warning",
  class: "bug",
  explanation:
    "memalloc_nofs_save() and its kin change the flags of the task until the matching restore. A way out of the function without it leaves the scope on for all that the task does later: its requests then never enter a file system or do I/O, and fail or loop where they need not.",
  evidence:
    "include/linux/sched/mm.h:memalloc_nofs_save, memalloc_nofs_restore; Documentation/core-api/gfp_mask-from-fs-io.rst",
  advice: "Restore on every way out, or let a guard do it.",
  examples: {
    bad: inFunction(
      "static int commit(struct journal *j)",
      "unsigned int flags = memalloc_nofs_save();",
      "",
      "if (write_log(j))",
      "\treturn -EIO;",
      "memalloc_nofs_restore(flags);",
      "return 0;",
    ),
    good: inFunction(
      "static int commit(struct journal *j)",
      "unsigned int flags = memalloc_nofs_save();",
      "int err = write_log(j);",
      "",
      "memalloc_nofs_restore(flags);",
      "return err;",
    ),
  },
  check: (fact) =>
    fact.kind === "scope-left-open"
      ? said(
          `The function returns here without the restore of its ${fact.save}(), and the scope stays on for the task: restore it on this way too.`,
        )
      : null,
};
