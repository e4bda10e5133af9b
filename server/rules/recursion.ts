import { percpuIsAtomic } from "../model/apis/alloc-percpu-gfp.ts";
import { kvmallocFallsBack } from "../model/apis/kvmalloc.ts";
import { SCOPE } from "../model/contexts.ts";
import { maskText } from "../model/masks/names.ts";
import { mask } from "../model/masks/mask.ts";
import { bytesOf } from "../model/sizes.ts";
import { blocks, drop, example, found, has, holds, mayNotSleep, NOTHING, wrote } from "./_predicates.ts";
import type { Rule, Subject } from "./rule.ts";

const inScope = (subject: Subject, ...scopes: readonly (keyof typeof SCOPE)[]): boolean =>
  scopes.some((scope) => (subject.request.context.scopes & SCOPE[scope]) !== 0);

/** Direct reclaim runs with this bit, after the API and the scopes have changed the mask. */
const reclaimsWith = (subject: Subject, flag: "FS" | "IO"): boolean =>
  subject.verdict.reclaim === "direct" && (subject.verdict.effective & subject.kernel.bits[flag]) !== 0;

/** The pages are asked for with a mask of the call's own, so that the caller's says nothing about reclaim. */
const reclaimsByItself = (subject: Subject): boolean =>
  !subject.api.takesMask ||
  (subject.api.family === "contig" && subject.kernel.features.contigTargetMask !== "from-caller");

/** Where GFP_NOFS or GFP_NOIO does not do what it says, the rule that reports this names the remedy. */
function saysMoreOfNofs(subject: Subject): boolean {
  const { api, kernel, mask } = subject;
  if (!blocks(subject)) return false;
  if (holds(subject, "io_lock") && reclaimsWith(subject, "IO")) return true;
  switch (api.family) {
    case "percpu":
      return percpuIsAtomic(kernel, mask);
    case "contig":
      return kernel.features.contigTargetMask !== "from-caller";
    case "vmalloc":
      return kernel.features.vmallocPageTables === "gfp-kernel" && holds(subject, "fs_lock");
    case "kvmalloc":
      return !kvmallocFallsBack(kernel, mask) && bytesOf(kernel, subject.request) > kernel.options.pageBytes;
    default:
      return false;
  }
}

const journal = 'context journal { in process  holds fs_lock "journal" }';
const journalScope = 'context journal { in process  holds fs_lock "journal"  scope nofs }';
const errorHandler = 'context error_handler { in process  holds io_lock "host" }';
const errorHandlerScope = 'context error_handler { in process  holds io_lock "host"  scope noio }';

/** Reclaim that comes back to the caller: filesystem, block layer, and the scopes that keep it out. */
export const recursion: readonly Rule[] = [
  {
    id: "fs-without-io",
    title: "__GFP_FS without __GFP_IO",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Direct reclaim may enter filesystems but may not start I/O. No composite of the kernel has this shape: GFP_NOFS is IO without FS, GFP_NOIO is neither. A noio scope takes both bits away, never IO alone, so filesystem reclaim code is not written with this mask in mind.",
    evidence: "include/linux/sched/mm.h:current_gfp_context; include/linux/gfp_types.h",
    advice: "Write GFP_KERNEL, or GFP_NOFS or GFP_NOIO for what reclaim must keep out of.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL & ~__GFP_IO"]),
      good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (!subject.api.takesMask || !blocks(subject) || !has(subject, "FS") || has(subject, "IO")) return NOTHING;
      const noio = maskText(subject.kernel, mask(subject.mask & ~subject.kernel.bits.FS));
      return found(
        { kind: "flag", flag: "FS" },
        "__GFP_FS without __GFP_IO lets reclaim enter filesystems that then may not do I/O, a shape that no kernel composite has: write GFP_KERNEL or GFP_NOIO.",
        ...(holds(subject, "io_lock") ? [] : [{ kind: "add-flags", flags: ["IO"], title: "Add __GFP_IO" } as const]),
        ...(mayNotSleep(subject) ? [] : [{ kind: "replace-mask", text: noio, title: `Write ${noio}` } as const]),
      );
    },
  },
  {
    id: "fs-reclaim-under-lock",
    title: "FS-capable reclaim under a lock that reclaim or writeback takes",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
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
    check: (subject) => {
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
    },
  },
  {
    id: "io-reclaim-under-lock",
    title: "I/O-capable reclaim in the path that completes I/O",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
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
    check: (subject) => {
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
    },
  },
  {
    id: "explicit-nofs-noio",
    title: "GFP_NOFS or GFP_NOIO at the call",
    severity: "hint",
    class: "deprecated",
    versions: { since: "4.12", until: null },
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
    check: (subject) => {
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
    },
  },
  {
    id: "nofs-in-scope",
    title: "GFP_NOFS inside a memalloc_nofs or memalloc_noio scope",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.12", until: null },
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
    check: (subject) => {
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
    },
  },
  {
    id: "vmalloc-under-fs-lock",
    title: "vmalloc() under an FS lock without a scope",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "vmalloc(), vzalloc() and their kin take no mask and use GFP_KERNEL, so reclaim may enter the filesystem whose lock is held. Up to 5.16 even __vmalloc() with GFP_NOFS allocated its page tables with GFP_KERNEL, so the rule speaks there too. Only a scope reaches all of it.",
    evidence: "mm/vmalloc.c:vmalloc, __vmalloc_area_node; include/linux/sched/mm.h:current_gfp_context",
    advice: "Open a memalloc_nofs_save() scope around the locked section.",
    examples: {
      bad: example("6.12", ["api     vmalloc", "size    96 KiB", "context journal"], [journal]),
      good: example("6.12", ["api     vmalloc", "size    96 KiB", "context journal"], [journalScope]),
    },
    check: (subject) => {
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
    },
  },
  {
    id: "nolockdep",
    title: "__GFP_NOLOCKDEP",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.12", until: null },
    explanation:
      "The flag takes the request out of lockdep's fs_reclaim check, which is the only detector of reclaim recursion that speaks before the deadlock. Without CONFIG_LOCKDEP it is zero, and since 6.10 its bit depends on the build options.",
    evidence: "mm/page_alloc.c:__need_reclaim; include/linux/gfp_types.h",
    advice:
      "Teach lockdep the difference with lock subclasses, or use a scope; keep the flag for proven false reports.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL | __GFP_NOLOCKDEP"]),
      good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      wrote(subject, "__GFP_NOLOCKDEP") || has(subject, "NOLOCKDEP")
        ? found(
            { kind: "flag", flag: "NOLOCKDEP" },
            "__GFP_NOLOCKDEP switches off lockdep's check for reclaim recursion, the only one that speaks before a deadlock: prefer a lock subclass or a scope.",
            drop("NOLOCKDEP"),
          )
        : NOTHING,
  },
];
