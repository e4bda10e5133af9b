import { drop, example, found, has, listed, NOTHING, setAmong, setFlags, verb } from "./_predicates.ts";
import type { Rule, Subject } from "./rule.ts";

const ZONES = ["DMA", "DMA32", "HIGHMEM"] as const;

/** dma_alloc_attrs() and what is built on it: the device's masks choose the zone. */
const isCoherent = (subject: Subject): boolean => /^dmam?_alloc_(coherent|attrs|wc)$/.test(subject.api.name);

/** The DMA allocators, which choose zone and zeroing by themselves. */
export const dma: readonly Rule[] = [
  {
    id: "dma-zone-cleared",
    title: "Zone flags to dma_alloc_coherent()",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.x", until: null },
    explanation:
      "The coherent mask of the device decides where the memory may lie. The zone bits of the caller are taken out before anything looks at them.",
    evidence: "kernel/dma/mapping.c:dma_alloc_attrs",
    advice: "Set the device's mask with dma_set_coherent_mask() and drop the zone bit.",
    examples: {
      bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL | __GFP_DMA32"]),
      good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (subject.api.family !== "dma") return NOTHING;
      const flags = setAmong(subject, ZONES, subject.api.treatment(subject.kernel).cleared);
      return flags.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags },
            `${subject.api.name}() takes ${listed(flags)} out of the mask; the device's coherent mask chooses the zone: set that and drop ${verb(flags, "it", "them")}.`,
            drop(...flags),
          );
    },
  },
  {
    id: "dma-comp",
    title: "__GFP_COMP to the DMA allocators",
    severity: "error",
    class: "bug",
    versions: { since: "6.2", until: null },
    explanation:
      "The memory may come from a pool, a contiguous area or a remapping, so it is no compound page. Since 6.2 the flag is refused with a WARN_ON_ONCE and NULL (not in 6.1 and its stable branch).",
    evidence: "kernel/dma/mapping.c:dma_alloc_attrs, __dma_alloc_pages",
    advice: "Drop __GFP_COMP.",
    examples: {
      bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL | __GFP_COMP"]),
      good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      subject.api.family === "dma" &&
      has(subject, "COMP") &&
      (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.COMP) !== 0
        ? found(
            { kind: "flag", flag: "COMP" },
            `${subject.api.name}() warns and returns NULL with __GFP_COMP: drop it.`,
            drop("COMP"),
          )
        : NOTHING,
  },
  {
    id: "dma-pages-zone-flags",
    title: "Zone flags to dma_alloc_pages()",
    severity: "error",
    class: "bug",
    versions: { since: "5.10", until: null },
    explanation:
      "Unlike dma_alloc_attrs(), which clears the zone bits, dma_alloc_pages() and dma_alloc_noncoherent() refuse them: WARN_ON_ONCE and NULL. Converting a driver from one to the other makes the difference.",
    evidence: "kernel/dma/mapping.c:__dma_alloc_pages",
    advice: "Drop the zone bit; the device's mask chooses the zone.",
    examples: {
      bad: example("6.12", ["api   dma_alloc_pages", "size  16 KiB", "flags GFP_KERNEL | __GFP_DMA32"]),
      good: example("6.12", ["api   dma_alloc_pages", "size  16 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (subject.api.family !== "dma") return NOTHING;
      const flags = setAmong(subject, ZONES, subject.api.treatment(subject.kernel).refused);
      return flags.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags },
            `${subject.api.name}() warns and returns NULL with ${listed(flags)}; the device's mask chooses the zone: drop ${verb(flags, "it", "them")}.`,
            drop(...flags),
          );
    },
  },
  {
    id: "dma-redundant-zero",
    title: "__GFP_ZERO to dma_alloc_coherent()",
    severity: "warning",
    class: "ineffective",
    versions: { since: "5.0", until: null },
    explanation:
      "Since 5.0 every backend clears the memory that it hands out, asked or not. (That is why dma_zalloc_coherent() went.)",
    evidence: "kernel/dma/direct.c:dma_direct_alloc; drivers/iommu/dma-iommu.c:iommu_dma_alloc",
    advice: "Drop __GFP_ZERO.",
    examples: {
      bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL | __GFP_ZERO"]),
      good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      isCoherent(subject) && has(subject, "ZERO") && subject.kernel.features.dmaAlwaysClears
        ? found(
            { kind: "flag", flag: "ZERO" },
            `${subject.api.name}() clears its memory in any case: drop __GFP_ZERO.`,
            drop("ZERO"),
          )
        : NOTHING,
  },
  {
    id: "dma-atomic",
    title: "Coherent memory with a non-blocking mask",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.x", until: null },
    explanation:
      "Without __GFP_DIRECT_RECLAIM there is no contiguous area to take from, and on machines that remap or encrypt the memory comes from a small atomic pool that runs dry. What is got cannot be freed with interrupts off: that warns.",
    evidence: "kernel/dma/direct.c:dma_direct_use_pool; kernel/dma/mapping.c:dma_free_attrs",
    advice: "Allocate at probe time with GFP_KERNEL, and hand out from a dma_pool.",
    examples: {
      bad: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_ATOMIC"]),
      good: example("6.12", ["api   dma_alloc_coherent", "size  16 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      (isCoherent(subject) || subject.api.family === "dma-pool") && !has(subject, "DIRECT_RECLAIM")
        ? found(
            { kind: "mask" },
            subject.api.family === "dma-pool"
              ? `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() has no contiguous area to grow from when the pool is empty, and on some machines only a small atomic pool: fill it at probe time with GFP_KERNEL.`
              : `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() has no contiguous area to take from, and on some machines only a small atomic pool: allocate at probe time with GFP_KERNEL.`,
          )
        : NOTHING,
  },
  {
    id: "dma-pool-zone-flags",
    title: "dma_pool_alloc() with __GFP_DMA32 or __GFP_HIGHMEM",
    severity: "warning",
    class: "warn",
    versions: { since: "2.6.x", until: null },
    explanation:
      "When the pool grows, the mask goes to kmalloc() for the descriptor of the new page too, and a slab complains about these bits with a stack. For the memory itself they are cleared: the device's mask chooses.",
    evidence: "mm/dmapool.c:pool_alloc_page; mm/slub.c:new_slab",
    advice: "Drop the zone bit.",
    examples: {
      bad: example("6.12", ["api   dma_pool_alloc", "flags GFP_KERNEL | __GFP_DMA32"]),
      good: example("6.12", ["api   dma_pool_alloc", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      const flags = setFlags(subject, ["DMA32", "HIGHMEM"]);
      return subject.api.family !== "dma-pool" || flags.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags },
            `${subject.api.name}() passes ${listed(flags)} to kmalloc() for its descriptor, which warns, and clears ${verb(flags, "it", "them")} for the memory: drop ${verb(flags, "it", "them")}.`,
            drop(...flags),
          );
    },
  },
];
