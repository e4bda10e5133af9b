import { bytesAsked } from "../_allocators.ts";
import { kvmallocFallsBack } from "../../model/apis/kvmalloc.ts";
import { kmallocMaxBytes } from "../../model/limits.ts";
import { interruptBug, stopsInInterrupt } from "../../model/apis/vmalloc.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { aboveOnePage, isKvmalloc, maskedVmalloc } from "./_vmalloc.ts";

export const kvmallocInInterrupt: Rule = {
  id: "kvmalloc-in-interrupt",
  title: "Non-blocking kvmalloc() or __vmalloc() that reaches vmalloc in interrupt",
  severity: "error",
  class: "bug",
  concerns: { families: ["kvmalloc", "krealloc", "vmalloc"], lacks: ["DIRECT_RECLAIM"], mayNotSleep: true },
  explanation:
    "From 5.17 to 5.19 by mistake, and from 6.19 on by design, a non-blocking kvmalloc() goes on to vmalloc when its kmalloc part misses, and vmalloc still begins with BUG_ON(in_interrupt()). That is true in hard and soft interrupt and wherever bottom halves are off, spin_lock_bh() included. The crash comes only when memory is fragmented; up to 5.16 and from 6.0 to 6.18 the call returned NULL there. That it begins again with 6.19 is inferred from the release of the commit that allowed these masks. From 7.1 on (04aa71da5f35; that it is 7.1 is assumed) only hard interrupts and NMI stop the machine: in softirq and with bottom halves off the call is served.",
  evidence: "mm/vmalloc.c:__get_vm_area_node; mm/slub.c:__kvmalloc_node_noprof",
  advice: "Use kmalloc() there, and handle NULL.",
  examples: {
    bad: example("6.19", ["api     kvmalloc", "size    96 KiB", "flags   GFP_NOWAIT", "context hardirq"]),
    good: example("6.19", ["api     kvmalloc", "size    96 KiB", "flags   GFP_NOWAIT"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (blocks(subject) || !stopsInInterrupt(subject.kernel, subject.request.context)) return NOTHING;
  const reaches =
    (isKvmalloc(subject) && kvmallocFallsBack(subject.kernel, subject.mask) && aboveOnePage(subject)) ||
    (maskedVmalloc(subject) && subject.kernel.features.vmallocNonBlocking);
  if (!reaches) return NOTHING;
  // kvzalloc becomes kzalloc, kvrealloc krealloc: whoever counted on cleared or kept contents still has them.
  const api = isKvmalloc(subject) ? subject.api.name.replace(/^kv/, "k") : "kmalloc";
  const fits = bytesAsked(subject) <= kmallocMaxBytes(subject.kernel);
  return found(
    { kind: "api" },
    `${subject.api.name}() reaches ${interruptBug(subject.kernel)} in vmalloc from this context${isKvmalloc(subject) ? " when its kmalloc part finds no block" : ""}: ${fits ? `use ${api}() here` : "allocate in process context"}.`,
    ...(fits ? [{ kind: "replace-api", api, title: `Use ${api}()` } as const] : []),
  );
}
