import { drop, example, found, listed, NOTHING, setFlags, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const dmaPoolZoneFlags: Rule = {
  id: "dma-pool-zone-flags",
  title: "dma_pool_alloc() with __GFP_DMA32 or __GFP_HIGHMEM",
  severity: "warning",
  class: "warn",
  concerns: { families: ["dma-pool"] },
  recalled: "since 2.6.x",
  explanation:
    "When the pool grows, the mask goes to kmalloc() for the descriptor of the new page too, and a slab complains about these bits with a stack. For the memory itself they are cleared: the device's mask chooses.",
  evidence: "mm/dmapool.c:pool_alloc_page; mm/slub.c:new_slab",
  advice: "Drop the zone bit.",
  examples: {
    bad: example("6.12", ["api   dma_pool_alloc", "flags GFP_KERNEL | __GFP_DMA32"]),
    good: example("6.12", ["api   dma_pool_alloc", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const flags = setFlags(subject, ["DMA32", "HIGHMEM"]);
  return subject.api.family !== "dma-pool" || flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() passes ${listed(flags)} to kmalloc() for its descriptor, which warns, and clears ${verb(flags, "it", "them")} for the memory: drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}
