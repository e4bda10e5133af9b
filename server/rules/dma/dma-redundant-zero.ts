import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isCoherent } from "./_dma.ts";

export const dmaRedundantZero: Rule = {
  id: "dma-redundant-zero",
  title: "__GFP_ZERO to dma_alloc_coherent()",
  severity: "hint",
  class: "redundant",
  concerns: { families: ["dma"], has: ["ZERO"] },
  explanation:
    "Since 5.0 every backend clears the memory that it hands out, asked or not. (That is why dma_zalloc_coherent() went.)",
  evidence: "kernel/dma/direct.c:dma_direct_alloc; drivers/iommu/dma-iommu.c:iommu_dma_alloc",
  advice: "Drop __GFP_ZERO.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL | __GFP_ZERO"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isCoherent(subject) && has(subject, "ZERO") && subject.kernel.features.dmaAlwaysClears
    ? found(
        { kind: "flag", flag: "ZERO" },
        `${subject.api.name}() clears its memory in any case: drop __GFP_ZERO.`,
        drop("ZERO"),
      )
    : NOTHING;
}
