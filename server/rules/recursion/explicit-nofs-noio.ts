import { bytesAsked } from "../_allocators.ts";
import { percpuIsAtomic } from "../../model/apis/alloc-percpu-gfp.ts";
import { kvmallocFallsBack } from "../../model/apis/kvmalloc.ts";
import { blocks, example, found, holds, mayNotSleep, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { inScope, journal, journalScope, reclaimsWith } from "./_recursion.ts";

export const explicitNofsNoio: Rule = {
  id: "explicit-nofs-noio",
  title: "GFP_NOFS or GFP_NOIO at the call",
  severity: "hint",
  class: "deprecated",
  concerns: { mayNotSleep: false },
  speaksOf: "several",
  recalled: "since 4.12",
  explanation:
    "The names say it for one call only: a helper in the same section that takes no mask and hard-codes GFP_KERNEL (page tables, a nested kmalloc) does not know of the constraint. memalloc_nofs_save() and memalloc_noio_save() mark the section where reclaim is dangerous, and every allocation beneath follows. The rule speaks of the names GFP_NOFS and GFP_NOIO in a context that may sleep; inside a scope nofs-in-scope speaks, in atomic context the sleeping rules do.",
  evidence: "include/linux/gfp_types.h; Documentation/core-api/gfp_mask-from-fs-io.rst",
  advice: "Open the scope where the lock is taken, with a comment why, and write GFP_KERNEL at the call.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    512 B", "flags   GFP_NOFS", "context journal"], [journal]),
    good: example(
      "6.12",
      ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "context journal"],
      [journalScope],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (mayNotSleep(subject) || inScope(subject, "nofs", "noio") || saysMoreOfNofs(subject)) return NOTHING;
  // A bool and the mask of a nolock call are reported as such.
  if (!subject.api.takesMask || subject.api.family === "nolock") return NOTHING;
  if (wrote(subject, "GFP_NOFS")) {
    return found(
      { kind: "composite", composite: "NOFS" },
      "GFP_NOFS covers this one call and not what else is allocated in the section: mark it with memalloc_nofs_save() and write GFP_KERNEL.",
    );
  }
  if (wrote(subject, "GFP_NOIO")) {
    return found(
      { kind: "composite", composite: "NOIO" },
      "GFP_NOIO covers this one call and not what else is allocated in the section: mark it with memalloc_noio_save() and write GFP_KERNEL.",
    );
  }
  return NOTHING;
}

/** Where GFP_NOFS or GFP_NOIO does not do what it says, the rule that reports this names the fix. */
function saysMoreOfNofs(subject: Subject): boolean {
  const { api, kernel, mask } = subject;
  if (!blocks(subject)) return false;
  if (holds(subject, "dma_fence")) return true;
  if (holds(subject, "io_lock") && reclaimsWith(subject, "IO")) return true;
  switch (api.family) {
    case "percpu":
      return percpuIsAtomic(kernel, mask);
    case "contig":
      return kernel.features.contigTargetMask !== "from-caller";
    case "vmalloc":
      return kernel.features.vmallocPageTables === "gfp-kernel" && holds(subject, "fs_lock");
    case "kvmalloc":
      return !kvmallocFallsBack(kernel, mask) && bytesAsked(subject) > kernel.options.pageBytes;
    default:
      return false;
  }
}
