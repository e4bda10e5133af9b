import { drop, example, found, listed, NOTHING, setIn, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const dmaPagesZoneFlags: Rule = {
  id: "dma-pages-zone-flags",
  title: "Zone flags to dma_alloc_pages()",
  severity: "error",
  class: "bug",
  concerns: { families: ["dma"] },
  explanation:
    "Unlike dma_alloc_attrs(), which clears the zone bits, dma_alloc_pages() and dma_alloc_noncoherent() refuse them: WARN_ON_ONCE and NULL. Converting a driver from one to the other makes the difference.",
  evidence: "kernel/dma/mapping.c:__dma_alloc_pages",
  advice: "Drop the zone bit; the device's mask chooses the zone.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_pages", "size  16 KiB", "flags GFP_KERNEL | __GFP_DMA32"]),
    good: example("6.12", ["api   dma_alloc_pages", "size  16 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "dma") return NOTHING;
  const flags = setIn(subject, subject.api.treatment(subject.kernel).refused & subject.kernel.gfp.ZONEMASK);
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() warns and returns NULL with ${listed(flags)}; the device's mask chooses the zone: drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}
