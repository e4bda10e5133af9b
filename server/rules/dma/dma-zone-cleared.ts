import { drop, example, found, listed, NOTHING, setIn, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const dmaZoneCleared: Rule = {
  id: "dma-zone-cleared",
  title: "Zone flags to dma_alloc_coherent()",
  severity: "information",
  class: "ineffective",
  concerns: { families: ["dma"] },
  recalled: "since 4.x",
  explanation:
    "The coherent mask of the device decides where the memory may lie. The zone bits of the caller are taken out before anything looks at them.",
  evidence: "kernel/dma/mapping.c:dma_alloc_attrs",
  advice: "Set the device's mask with dma_set_coherent_mask() and drop the zone bit.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL | __GFP_DMA32"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "dma") return NOTHING;
  const flags = setIn(subject, subject.api.treatment(subject.kernel).cleared);
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() takes ${listed(flags)} out of the mask; the device's coherent mask chooses the zone: set that and drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}
