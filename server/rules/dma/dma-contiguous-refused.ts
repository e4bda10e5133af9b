import { asksForNothing, planOf, refusesSize } from "../_allocators.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const dmaContiguousRefused: Rule = {
  id: "dma-contiguous-refused",
  title: "dma_alloc_contiguous() that cannot block, or of one page",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["dma"] },
  recalled: "since 3.16",
  explanation:
    "The contiguous area is for blocking requests of more than a page: without __GFP_DIRECT_RECLAIM, and for a single page, the call returns NULL before it looks at the area, and the DMA code goes on with alloc_pages(). That is by design there; a caller of its own gets nothing.",
  evidence: "kernel/dma/contiguous.c:dma_alloc_contiguous",
  advice: "Use alloc_pages() or dma_alloc_coherent() for those.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_contiguous", "size  1 MiB", "flags GFP_NOWAIT"]),
    good: example("6.12", ["api   dma_alloc_contiguous", "size  1 MiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { api, kernel } = subject;
  if (api.name !== "dma_alloc_contiguous" || !kernel.options.CMA || planOf(subject).refused !== "always")
    return NOTHING;
  if (!blocks(subject)) {
    return found(
      { kind: "mask" },
      `Without __GFP_DIRECT_RECLAIM ${api.name}() returns NULL before it looks at its area: use alloc_pages().`,
    );
  }
  return asksForNothing(subject) && refusesSize(subject)
    ? NOTHING
    : found({ kind: "size" }, `${api.name}() takes no single page from its area and returns NULL: use alloc_pages().`);
}
