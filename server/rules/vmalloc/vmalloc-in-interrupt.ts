import { interruptBug, stopsInInterrupt } from "../../model/apis/vmalloc.ts";
import { blocks, example, found, inInterrupt, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { maskedVmalloc } from "./_vmalloc.ts";

export const vmallocInInterrupt: Rule = {
  id: "vmalloc-in-interrupt",
  title: "vmalloc family in interrupt",
  severity: "error",
  class: "bug",
  concerns: { families: ["vmalloc"], mayNotSleep: true },
  recalled: "since 2.6.x",
  explanation:
    "Reserving address space begins with BUG_ON(in_interrupt()): hard interrupt, softirq, NMI, and any section with bottom halves disabled stop the machine, whatever the mask. From 7.1 on (assumed; read in 7.2.13) it is BUG_ON(in_nmi() || in_hardirq()), and in softirq or with bottom halves off only a call that sleeps is wrong. vfree() is deferred in interrupt and a BUG in NMI.",
  evidence: "mm/vmalloc.c:__get_vm_area_node",
  advice: "Allocate in process context; in interrupt use kmalloc() with a non-blocking mask.",
  examples: {
    bad: example("6.12", ["api     vmalloc", "size    96 KiB", "context hardirq"]),
    good: example("6.12", ["api     vmalloc", "size    96 KiB", "context process"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // From 6.19 on kvmalloc-in-interrupt says it of masks that may not block.
  if (subject.api.family !== "vmalloc" || !stops(subject)) return NOTHING;
  if (maskedVmalloc(subject) && !blocks(subject) && subject.kernel.features.vmallocNonBlocking) return NOTHING;
  const bug = subject.api.name === "vunmap" ? "BUG_ON(in_interrupt())" : interruptBug(subject.kernel);
  return found({ kind: "api" }, `${subject.api.name}() stops at ${bug} in this context: allocate in process context.`);
}

function stops(subject: Subject): boolean {
  if (subject.api.name === "vunmap") return inInterrupt(subject);
  return stopsInInterrupt(subject.kernel, subject.request.context);
}
