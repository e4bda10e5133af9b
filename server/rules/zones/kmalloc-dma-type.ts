import type { FlagName } from "../../model/masks/mask.ts";
import { KMALLOC, kmallocType } from "../../model/masks/properties.ts";
import { isDecided } from "../_allocators.ts";
import { drop, example, found, has, listed, NOTHING, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isLargeKmalloc } from "./_zones.ts";

export const kmallocDmaType: Rule = {
  id: "kmalloc-dma-type",
  title: "kmalloc() with __GFP_DMA and another choice of cache",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["slab"], has: ["DMA"] },
  explanation:
    "__GFP_DMA, __GFP_RECLAIMABLE and __GFP_ACCOUNT each choose a set of caches, and the first of them wins. Without ZONE_DMA there is no DMA set, and the object is an ordinary one.",
  evidence: "include/linux/slab.h:kmalloc_type",
  advice: "Keep the one that matters; for a device use the DMA API.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL_ACCOUNT | __GFP_DMA"]),
    good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL_ACCOUNT"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    subject.api.family !== "slab" ||
    !has(subject, "DMA") ||
    !subject.kernel.features.kmallocAccountCaches ||
    isLargeKmalloc(subject)
  )
    return NOTHING;
  if (kmallocType(subject.kernel, subject.mask) !== KMALLOC.dma) {
    return found(
      { kind: "flag", flag: "DMA" },
      "Without ZONE_DMA kmalloc() has no caches for it, and the object comes from anywhere: drop __GFP_DMA and use the DMA API.",
      drop("DMA"),
    );
  }
  const outranked: readonly FlagName[] = (["RECLAIMABLE", "ACCOUNT"] as const).filter((flag) => has(subject, flag));
  if (outranked.length === 0) return NOTHING;
  return found(
    { kind: "flags", flags: outranked },
    `kmalloc() takes the DMA caches before it looks at ${listed(outranked)}, which ${verb(outranked, "chooses", "choose")} no cache here: drop ${verb(outranked, "it", "them")} or __GFP_DMA.`,
    drop(...outranked),
    drop("DMA"),
  );
}
