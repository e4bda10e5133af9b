import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Anchor, Match, Rule, Subject } from "../rule.ts";

export const dmaComp: Rule = {
  id: "dma-comp",
  title: "__GFP_COMP to the DMA allocators",
  severity: "error",
  class: "bug",
  concerns: { families: ["dma"], has: ["COMP"] },
  explanation:
    "The memory may come from a pool, a contiguous area or a remapping, so it is no compound page. Since 6.2 the flag is refused with a WARN_ON_ONCE and NULL; before, and on the stable branch of 6.1, an IOMMU's allocator takes it off, and a pool never saw it.",
  evidence:
    "kernel/dma/mapping.c:dma_alloc_attrs, __dma_alloc_pages; drivers/iommu/dma-iommu.c:__iommu_dma_alloc_pages",
  advice: "Drop __GFP_COMP.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL | __GFP_COMP"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

const ANCHOR: Anchor = { kind: "flag", flag: "COMP" };

function check(subject: Subject): readonly Match[] {
  const { api, kernel } = subject;
  if (api.family !== "dma" || !has(subject, "COMP")) return NOTHING;
  if ((api.treatment(kernel).refused & kernel.bits.COMP) !== 0)
    return found(ANCHOR, `${api.name}() warns and returns NULL with __GFP_COMP: drop it.`, drop("COMP"));
  if (kernel.features.dmaRefusesComp) return NOTHING;
  const message = `${api.name}() need not give a compound page, whatever is asked for, and later kernels refuse __GFP_COMP: drop it.`;
  return [{ anchor: ANCHOR, message, fixes: [drop("COMP")], severity: "information" }];
}
