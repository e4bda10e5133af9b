import { blocks, example, found, inInterrupt, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { maskedVmalloc, rxPoll } from "./_vmalloc.ts";

export const vmallocInInterrupt: Rule = {
  id: "vmalloc-in-interrupt",
  title: "vmalloc family in interrupt",
  severity: "error",
  class: "bug",
  recalled: "since 2.6.x",
  explanation:
    "Reserving address space begins with BUG_ON(in_interrupt()): hard interrupt, softirq, NMI, and any section with bottom halves disabled stop the machine, whatever the mask. vfree() is deferred in interrupt and a BUG in NMI.",
  evidence: "mm/vmalloc.c:__get_vm_area_node",
  advice: "Allocate in process context; in interrupt use kmalloc() with a non-blocking mask.",
  examples: {
    bad: example("6.12", ["api     vmalloc", "size    96 KiB", "context rx_poll"], [rxPoll]),
    good: example("6.12", ["api     vmalloc", "size    96 KiB", "context process"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // From 6.19 on kvmalloc-in-interrupt says it of masks that may not block.
  return subject.api.family === "vmalloc" &&
    inInterrupt(subject) &&
    !(maskedVmalloc(subject) && !blocks(subject) && subject.kernel.features.vmallocNonBlocking)
    ? found(
        { kind: "api" },
        `${subject.api.name}() stops at BUG_ON(in_interrupt()) in this context: allocate in process context.`,
      )
    : NOTHING;
}
