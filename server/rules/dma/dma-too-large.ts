import { kmallocMaxBytes } from "../../model/limits.ts";
import { asksForNothing, refusesSize } from "../_allocators.ts";
import { example, found, limitText, NOTHING, warning } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const dmaTooLarge: Rule = {
  id: "dma-too-large",
  title: "DMA memory above the largest block of the page allocator",
  severity: "error",
  class: "bug",
  concerns: { families: ["dma"] },
  recalled: "since 2.6.x",
  explanation:
    "Where neither an IOMMU nor a contiguous area serves the device, and a mask that may not block reaches no area, the memory is one block of the page allocator: 4 MiB with 4 KiB pages. A larger size returns NULL with a WARN_ON_ONCE, unless __GFP_NOWARN is set.",
  evidence: "kernel/dma/direct.c:__dma_direct_alloc_pages; mm/page_alloc.c:__alloc_pages",
  advice: "Allocate at probe with GFP_KERNEL from a contiguous area, or several smaller buffers.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_coherent", "size  8 MiB", "flags GFP_NOWAIT"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  4 MiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { api, kernel } = subject;
  // Contiguous areas have no largest block, and rules of their own.
  if (
    api.family !== "dma" ||
    /^dma_alloc_(from_)?contiguous$/.test(api.name) ||
    !refusesSize(subject) ||
    asksForNothing(subject)
  )
    return NOTHING;
  return found(
    { kind: "size" },
    `${api.name}() asks the page allocator for one block here, and returns NULL${warning(subject)} above ${limitText(kmallocMaxBytes(kernel))}: use a contiguous area, or smaller buffers.`,
  );
}
