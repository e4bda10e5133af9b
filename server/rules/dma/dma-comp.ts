import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const dmaComp: Rule = {
  id: "dma-comp",
  title: "__GFP_COMP to the DMA allocators",
  severity: "error",
  class: "bug",
  concerns: { families: ["dma"], has: ["COMP"] },
  explanation:
    "The memory may come from a pool, a contiguous area or a remapping, so it is no compound page. Since 6.2 the flag is refused with a WARN_ON_ONCE and NULL (not in 6.1 and its stable branch).",
  evidence: "kernel/dma/mapping.c:dma_alloc_attrs, __dma_alloc_pages",
  advice: "Drop __GFP_COMP.",
  examples: {
    bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL | __GFP_COMP"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "dma" &&
    has(subject, "COMP") &&
    (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.COMP) !== 0
    ? found(
        { kind: "flag", flag: "COMP" },
        `${subject.api.name}() warns and returns NULL with __GFP_COMP: drop it.`,
        drop("COMP"),
      )
    : NOTHING;
}
