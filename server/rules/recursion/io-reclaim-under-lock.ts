import { drop, example, found, has, holds, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { reclaimsByItself, reclaimsWith } from "./_recursion.ts";

const errorHandler = 'context error_handler { in process  holds io_lock "host" }';

const errorHandlerScope = 'context error_handler { in process  holds io_lock "host"  scope noio }';

export const ioReclaimUnderLock: Rule = {
  id: "io-reclaim-under-lock",
  title: "I/O-capable reclaim in the path that completes I/O",
  severity: "error",
  class: "bug",
  concerns: { holds: "io_lock" },
  recalled: "since 2.6.x",
  explanation:
    "The context holds something that the block layer needs to make progress (an error handler, a suspend path, a frozen queue), and the request lets direct reclaim start I/O: reclaim may wait for the very device that the caller is bringing back. The check looks at the mask after scopes; a noio scope keeps it quiet, a nofs scope does not.",
  evidence: "Documentation/core-api/gfp_mask-from-fs-io.rst; include/linux/sched/mm.h:current_gfp_context",
  advice: "Open a memalloc_noio_save() scope, or take the memory from a mempool that was filled before.",
  examples: {
    bad: example(
      "6.12",
      ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "context error_handler"],
      [errorHandler],
    ),
    good: example(
      "6.12",
      ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "context error_handler"],
      [errorHandlerScope],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!holds(subject, "io_lock") || !reclaimsWith(subject, "IO")) return NOTHING;
  if (has(subject, "IO") && !reclaimsByItself(subject)) {
    return found(
      { kind: "flag", flag: "IO" },
      "With __GFP_IO direct reclaim may start I/O and wait for the path that this context has to finish: open a memalloc_noio_save() scope, or use a mempool.",
      drop("IO", "FS"),
    );
  }
  return found(
    subject.api.takesMask ? { kind: "mask" } : { kind: "api" },
    `${subject.api.name}() allocates with a mask of its own that has __GFP_IO, so reclaim may wait for the path that this context has to finish: open a memalloc_noio_save() scope.`,
  );
}
