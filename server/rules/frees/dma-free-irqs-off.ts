import { planOf } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import { inNmi } from "../context/_context.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isFree } from "./_frees.ts";

const irqsOff = "context isr { in hardirq }";

export const dmaFreeIrqsOff: Rule = {
  id: "dma-free-irqs-off",
  title: "Coherent memory given back with interrupts off",
  severity: "warning",
  class: "warn",
  concerns: { families: ["free"] },
  speaksOf: "first",
  explanation:
    "Where coherent memory is remapped, giving it back unmaps it, which sleeps; so dma_free_coherent() has WARN_ON(irqs_disabled()), on every machine. Only memory of the device's own area is given back before that.",
  evidence: "kernel/dma/mapping.c:dma_free_attrs",
  advice: "Free in process context; for small blocks that come and go use a dma_pool.",
  examples: {
    bad: example("6.12", ["api     dma_free_coherent", "context isr"], [irqsOff]),
    good: example("6.12", ["api     dma_free_coherent", "context process"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isFree(subject) && planOf(subject).warns !== "never" && !inNmi(subject)
    ? found(
        { kind: "api" },
        `${subject.api.name}() warns with interrupts off, since some backends sleep there: free in process context.`,
      )
    : NOTHING;
}
