import { isDecided, isPages } from "../_allocators.ts";
import { example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const dmaZoneForDevice: Rule = {
  id: "dma-zone-for-device",
  title: "__GFP_DMA for what a device can reach",
  severity: "hint",
  class: "deprecated",
  concerns: { families: ["pages", "pages-exact", "slab"], has: ["DMA"] },
  recalled: "since 2.6.x",
  explanation:
    "ZONE_DMA is a leftover of one bus: 16 MiB on x86, up to 1 GiB or what the device tree says on arm64. It has nothing to do with the mask of a device, the OOM killer does not work for it, and where it has no memory its failures are not even reported (since 5.17).",
  evidence: "include/linux/gfp_types.h, GFP_DMA; mm/page_alloc.c:warn_alloc",
  advice: "Set the device's DMA mask, and use dma_alloc_coherent() or dma_alloc_pages().",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL | GFP_DMA"]),
    good: example("6.12", ["api   dma_alloc_coherent", "size  512 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !(isPages(subject) || subject.api.family === "slab") ||
    !has(subject, "DMA") ||
    !subject.kernel.options.ZONE_DMA ||
    !subject.verdict.zoneValid
  )
    return NOTHING;
  return found(
    { kind: "flag", flag: "DMA" },
    "__GFP_DMA is the lowest zone, 16 MiB on x86 and else of another size, and the OOM killer is not called for it: set the device's DMA mask and use dma_alloc_coherent().",
  );
}
