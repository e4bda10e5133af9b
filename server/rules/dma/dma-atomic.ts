import { example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isCoherent } from "./_dma.ts";

export const dmaAtomic: Rule = {
  id: "dma-atomic",
  title: "Coherent memory with a non-blocking mask",
  severity: "information",
  class: "suspicious",
  concerns: { families: ["dma", "dma-pool"], lacks: ["DIRECT_RECLAIM"] },
  recalled: "since 4.x",
  explanation:
    "Without __GFP_DIRECT_RECLAIM there is no contiguous area to take from, and on machines that remap or encrypt the memory comes from a small atomic pool that runs dry. What is got cannot be freed with interrupts off: that warns.",
  evidence: "kernel/dma/direct.c:dma_direct_use_pool; kernel/dma/mapping.c:dma_free_attrs",
  advice: "Allocate at probe time with GFP_KERNEL, and hand out from a dma_pool.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_ATOMIC"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return (isCoherent(subject) || subject.api.family === "dma-pool") && !has(subject, "DIRECT_RECLAIM")
    ? found(
        { kind: "mask" },
        subject.api.family === "dma-pool"
          ? `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() has no contiguous area to grow from when the pool is empty, and on some machines only a small atomic pool: fill it at probe time with GFP_KERNEL.`
          : `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() has no contiguous area to take from, and on some machines only a small atomic pool: allocate at probe time with GFP_KERNEL.`,
      )
    : NOTHING;
}
