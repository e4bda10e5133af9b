import { isDecided } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { NOFAIL } from "./_nofail.ts";

export const nofailWithDma: Rule = {
  id: "nofail-with-dma",
  title: "__GFP_NOFAIL for DMA memory",
  severity: "error",
  class: "bug",
  concerns: { families: ["dma", "dma-pool"], has: ["NOFAIL"] },
  recalled: "since 4.x",
  explanation:
    "Besides pages these calls need an address that the device reaches, a mapping, at times a pool or CMA. Each of them can be missing, and __GFP_NOFAIL changes none.",
  evidence: "kernel/dma/direct.c:dma_direct_alloc",
  advice: "Drop it and check for NULL.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_coherent", "size  4 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  4 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !(subject.api.family === "dma" || subject.api.family === "dma-pool") ||
    !has(subject, "NOFAIL")
  )
    return NOTHING;
  return found(
    NOFAIL,
    `${subject.api.name}() also fails for addressing, remapping or an empty pool, which __GFP_NOFAIL does not change: drop it and check for NULL.`,
    drop("NOFAIL"),
  );
}
