import { PLACE } from "../../model/contexts.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isSlabBulk } from "./_slab.ts";

export const bulkIrqsOff: Rule = {
  id: "bulk-irqs-off",
  title: "kmem_cache_alloc_bulk() with interrupts off",
  severity: "warning",
  class: "bug",
  concerns: { families: ["slab-cache"], mayNotSleep: true },
  recalled: "since 4.3",
  explanation:
    "The call must be made with interrupts on. It takes the lock of the processor's slab, which turned them off and on again by force in kernels like 6.1 (a caller that had turned them off finds them on), and where a new slab is needed it may turn them on to get pages. A hard interrupt has them off as well.",
  evidence: "mm/slub.c:kmem_cache_alloc_bulk, __kmem_cache_alloc_bulk",
  advice: "Call it before interrupts go off, or take the objects one by one with kmem_cache_alloc() and GFP_NOWAIT.",
  examples: {
    bad: example(
      "6.12",
      ["api     kmem_cache_alloc_bulk", "cache   { size 64 }", "count   32", "flags   GFP_NOWAIT", "context irq"],
      ["context irq { in irqs_off }"],
    ),
    good: example("6.12", ["api     kmem_cache_alloc_bulk", "cache   { size 64 }", "count   32", "flags   GFP_NOWAIT"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { places } = subject.request.context;
  // Of an NMI alloc-in-nmi speaks.
  if (!isSlabBulk(subject) || (places & PLACE.irqs_off) === 0 || (places & PLACE.nmi) !== 0) return NOTHING;
  return found(
    { kind: "context" },
    `${subject.api.name}() must be called with interrupts on, and here they are off: call it before, or take the objects one by one.`,
  );
}
