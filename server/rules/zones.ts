import { hugePageOrder } from "../model/limits.ts";
import type { CompositeName, FlagName } from "../model/masks/mask.ts";
import { kmallocMaxCacheBytes } from "../model/limits.ts";
import { bytesOf } from "../model/sizes.ts";
import { KMALLOC, kmallocType, MIGRATE } from "../model/masks/properties.ts";
import {
  blocks,
  drop,
  example,
  found,
  has,
  inInterrupt,
  listed,
  named,
  NOTHING,
  setAmong,
  verb,
  wrote,
} from "./_predicates.ts";
import { buddyOrder, clash, givesAddress, hasBoth, isDecided, isPages, isRetried, isSlab } from "./_allocators.ts";
import type { Match, Rule, Subject, RuleFix } from "./rule.ts";

/** Two zone bits that both reach the page allocator: a pair that gfp_zone() has no answer for. */
function badZones(first: FlagName, second: FlagName): (subject: Subject) => readonly Match[] {
  return (subject) => {
    const { bits, options } = subject.kernel;
    const pair = bits[first] | bits[second];
    if (
      !isDecided(subject) ||
      !hasBoth(subject, first, second) ||
      subject.verdict.zoneValid ||
      (subject.verdict.effective & pair) >>> 0 !== pair
    )
      return NOTHING;
    const does = options.DEBUG_VM
      ? "stops with VM_BUG_ON in gfp_zone()"
      : `silently takes the lowest zone, ${subject.verdict.zone}`;
    // Of three zone bits two findings are enough.
    if (first === "DMA32" && has(subject, "DMA")) return NOTHING;
    return clash(
      first,
      second,
      `__GFP_${first} and __GFP_${second} name two zones and the kernel ${does}: keep one of them.`,
    );
  };
}

function mobilityConflict(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    subject.api.family === "contig" ||
    !hasBoth(subject, "MOVABLE", "RECLAIMABLE") ||
    subject.verdict.migratetype !== MIGRATE.INVALID
  )
    return NOTHING;
  return clash(
    "MOVABLE",
    "RECLAIMABLE",
    "A page is movable or reclaimable: both bits give migratetype 3, which is HIGHATOMIC, so the atomic reserve is taken for an ordinary request; keep one of them.",
  );
}

function movableWithoutHighmem(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !isPages(subject) ||
    givesAddress(subject) ||
    !has(subject, "MOVABLE") ||
    has(subject, "RECLAIMABLE")
  )
    return NOTHING;
  if (has(subject, "HIGHMEM") || has(subject, "DMA") || has(subject, "DMA32")) return NOTHING;
  return found(
    { kind: "flag", flag: "MOVABLE" },
    "Without __GFP_HIGHMEM __GFP_MOVABLE does not reach ZONE_MOVABLE; it only groups pages and lets them come from CMA: write GFP_HIGHUSER_MOVABLE if the page can move.",
    drop("MOVABLE"),
  );
}

function movableKernelMemory(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !givesAddress(subject) || !has(subject, "MOVABLE")) return NOTHING;
  return found(
    { kind: "flag", flag: "MOVABLE" },
    `${subject.api.name}() gives memory that the kernel keeps, and __GFP_MOVABLE puts it among pages that must be able to move, CMA included: drop it.`,
    drop("MOVABLE"),
  );
}

function slabZoneFlags(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isSlab(subject)) return NOTHING;
  const large = isLargeKmalloc(subject);
  if (large && !subject.kernel.features.largeKmallocFixesFlags) return NOTHING;
  const flags = setAmong(subject, ["HIGHMEM", "DMA32"], subject.api.treatment(subject.kernel).clearedWithWarning);
  if (flags.length === 0) return NOTHING;
  const when = large ? "on every call" : "whenever a new slab is needed";
  return found(
    { kind: "flags", flags },
    `Slab memory is never from such a zone: the kernel drops ${listed(flags)} with "Unexpected gfp" and a stack ${when}; use alloc_pages() or dma_alloc_coherent().`,
    drop(...flags),
  );
}

const isLargeKmalloc = (subject: Subject): boolean =>
  subject.api.family !== "slab-cache" &&
  bytesOf(subject.kernel, subject.request) > kmallocMaxCacheBytes(subject.kernel);

function slabMovable(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isSlab(subject) || !has(subject, "MOVABLE")) return NOTHING;
  const does = isLargeKmalloc(subject)
    ? "Above two pages kmalloc() passes __GFP_MOVABLE on, and an object that cannot move lands among pages that must, CMA included"
    : "Slab drops __GFP_MOVABLE, as its objects cannot move";
  return found({ kind: "flag", flag: "MOVABLE" }, `${does}: drop it.`, drop("MOVABLE"));
}

function highmemIgnored(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !givesAddress(subject) || subject.api.family === "pages-exact" || !has(subject, "HIGHMEM"))
    return NOTHING;
  if (wrote(subject, "GFP_HIGHUSER_MOVABLE")) return NOTHING;
  if ((subject.api.treatment(subject.kernel).cleared & subject.kernel.bits.HIGHMEM) === 0) return NOTHING;
  return found(
    { kind: "flag", flag: "HIGHMEM" },
    `${subject.api.name}() returns an address and clears __GFP_HIGHMEM without a word: drop it, or use alloc_pages() and kmap_local_page().`,
    drop("HIGHMEM"),
  );
}

function dmaForDevice(subject: Subject): readonly Match[] {
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
    "__GFP_DMA is the lowest zone, 16 MiB on x86 and else of another size, and the OOM killer never frees any of it: set the device's DMA mask and use dma_alloc_coherent().",
  );
}

function notConfigured(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isPages(subject)) return NOTHING;
  const { options } = subject.kernel;
  const flags = (
    [
      ["DMA", options.ZONE_DMA],
      ["DMA32", options.ZONE_DMA32],
    ] as const
  )
    .filter(([flag, present]) => !present && has(subject, flag))
    .map(([flag]) => flag);
  if (flags.length === 0) return NOTHING;
  const zones = flags.map((flag) => `ZONE_${flag}`).join(" and ");
  return found(
    { kind: "flags", flags },
    `This configuration has no ${zones}: the page comes from ${subject.verdict.zone}, at any address; use the DMA API.`,
    drop(...flags),
  );
}

function kmallocDmaType(subject: Subject): readonly Match[] {
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

function reclaimable(subject: Subject): readonly Match[] {
  const { family } = subject.api;
  const groups =
    isPages(subject) || family === "bulk" || family === "slab" || family === "kvmalloc" || family === "krealloc";
  if (!isDecided(subject) || !groups || !has(subject, "RECLAIMABLE") || has(subject, "MOVABLE")) return NOTHING;
  return found(
    { kind: "flag", flag: "RECLAIMABLE" },
    "__GFP_RECLAIMABLE groups and counts this memory as what a shrinker can free: drop it, or keep the objects in a cache with SLAB_RECLAIM_ACCOUNT and a shrinker.",
    drop("RECLAIMABLE"),
  );
}

function thisNodeUnchecked(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !isRetried(subject) ||
    !has(subject, "THISNODE") ||
    !blocks(subject) ||
    has(subject, "NOFAIL") ||
    !subject.kernel.options.NUMA
  )
    return NOTHING;
  if (subject.result !== "unchecked" || subject.verdict.fails === "never") return NOTHING;
  // The missing check itself is reported by unchecked-result.
  return found(
    { kind: "flag", flag: "THISNODE" },
    "__GFP_THISNODE allows no other node and no OOM killer, so GFP_KERNEL fails at order 0 too when the node is full: handle NULL, or drop it.",
    { kind: "add-result-check", title: "Handle NULL" },
    drop("THISNODE"),
  );
}

/** Calls whose C name takes a node. */
const takesNode = (subject: Subject): boolean => /_node$|_nid$/.test(subject.api.name);

function thisNodeNoEffect(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !has(subject, "THISNODE") || subject.api.family === "contig") return NOTHING;
  if (!subject.kernel.options.NUMA) {
    return found(
      { kind: "flag", flag: "THISNODE" },
      "Without NUMA there is one node, and __GFP_THISNODE means nothing: drop it.",
      drop("THISNODE"),
    );
  }
  if (!takesNode(subject) || subject.request.node !== null) return NOTHING;
  return found(
    { kind: "flag", flag: "THISNODE" },
    `${subject.api.name}() is given no node, so __GFP_THISNODE binds it to the node of whichever CPU runs: name the node, or drop the flag.`,
    drop("THISNODE"),
  );
}

/** GFP_KERNEL | __GFP_HARDWALL is GFP_USER: the mask written so, where it is names alone. */
function asUserMask(subject: Subject): readonly RuleFix[] {
  if (
    subject.written === null ||
    subject.written.hasLiteral ||
    subject.written.cleared.length > 0 ||
    !wrote(subject, "GFP_KERNEL")
  )
    return [];
  const text = subject.written.names
    .filter((name) => name !== "__GFP_HARDWALL")
    .map((name) => (name === "GFP_KERNEL" ? "GFP_USER" : name))
    .join(" | ");
  return [{ kind: "replace-mask", text, title: `Write ${text}` }];
}

function explicitHardwall(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isRetried(subject) || !named(subject, "HARDWALL") || !has(subject, "HARDWALL"))
    return NOTHING;
  const where = inInterrupt(subject)
    ? "in interrupts cpusets are not looked at"
    : "beyond that it only keeps the slow path in the cpuset, which GFP_USER is for";
  const fixes = inInterrupt(subject) ? [] : asUserMask(subject);
  return found(
    { kind: "flag", flag: "HARDWALL" },
    `The fast path sets __GFP_HARDWALL by itself while cpusets are in use, and ${where}: drop it, or write GFP_USER for memory of user space.`,
    drop("HARDWALL"),
    ...fixes,
  );
}

function writeNoEffect(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !has(subject, "WRITE")) return NOTHING;
  const { family } = subject.api;
  const dropped = isSlab(subject) && !isLargeKmalloc(subject);
  if (!dropped && family !== "vmalloc" && family !== "contig") return NOTHING;
  return found(
    { kind: "flag", flag: "WRITE" },
    `__GFP_WRITE spreads the dirty pages of the page cache over zones, and ${subject.api.name}() makes none: drop it.`,
    drop("WRITE"),
  );
}

const TRANSHUGE: readonly CompositeName[] = ["TRANSHUGE", "TRANSHUGE_LIGHT"];

function transhugeOrder(subject: Subject): readonly Match[] {
  const composite = TRANSHUGE.find((name) => wrote(subject, `GFP_${name}`));
  const huge = hugePageOrder(subject.kernel);
  if (!isDecided(subject) || !isPages(subject) || composite === undefined || buddyOrder(subject) === huge)
    return NOTHING;
  const reclaim = composite === "TRANSHUGE_LIGHT" ? "neither reclaims nor wakes kswapd" : "does not wake kswapd";
  return found(
    { kind: "composite", composite },
    `GFP_${composite} is for huge pages (order ${huge}): it ${reclaim}, and brings __GFP_COMP, __GFP_NOMEMALLOC and __GFP_NOWARN; write what this request needs.`,
  );
}

function highuserForKernel(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !wrote(subject, "GFP_HIGHUSER_MOVABLE") || !(givesAddress(subject) || isSlab(subject)))
    return NOTHING;
  const { bits, gfp } = subject.kernel;
  const untagged = (gfp.HIGHUSER_MOVABLE & (bits.SKIP_KASAN | bits.SKIP_KASAN_POISON | bits.SKIP_KASAN_UNPOISON)) !== 0;
  return found(
    { kind: "composite", composite: "HIGHUSER_MOVABLE" },
    `GFP_HIGHUSER_MOVABLE is for pages of user space, and ${subject.api.name}() gives the kernel memory of its own${untagged ? ", which KASAN would then not check" : ""}: write GFP_KERNEL.`,
    { kind: "replace-name", name: "GFP_HIGHUSER_MOVABLE", by: "GFP_KERNEL", title: "Write GFP_KERNEL" },
  );
}

/** Zones, mobility and nodes. What a call clears before it reaches the page allocator is no conflict of zones or of mobility. */
export const zones: readonly Rule[] = [
  {
    id: "zone-dma-highmem",
    title: "__GFP_DMA with __GFP_HIGHMEM",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "gfp_zone() looks the low four bits up in a table that has no entry for two zones. With DEBUG_VM that is a VM_BUG_ON; without, the entry reads 0, the lowest zone that is configured: the request succeeds from the zone that has least.",
    evidence: "include/linux/gfp.h:gfp_zone",
    advice: "Keep one zone bit.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
    },
    check: badZones("DMA", "HIGHMEM"),
  },
  {
    id: "zone-dma32-highmem",
    title: "__GFP_DMA32 with __GFP_HIGHMEM",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "No entry in the table of gfp_zone(): a VM_BUG_ON with DEBUG_VM; without, the lowest configured zone, which on x86-64 and arm64 is ZONE_DMA and not ZONE_DMA32.",
    evidence: "include/linux/gfp.h:gfp_zone",
    advice: "Keep one zone bit.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32 | __GFP_HIGHMEM"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32"]),
    },
    check: badZones("DMA32", "HIGHMEM"),
  },
  {
    id: "zone-dma-dma32",
    title: "__GFP_DMA with __GFP_DMA32",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation: "No entry in the table of gfp_zone(): a VM_BUG_ON with DEBUG_VM; without, the lowest configured zone.",
    evidence: "include/linux/gfp.h:gfp_zone",
    advice: "Keep one zone bit.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA | __GFP_DMA32"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32"]),
    },
    check: badZones("DMA", "DMA32"),
  },
  {
    id: "mobility-conflict",
    title: "__GFP_MOVABLE with __GFP_RECLAIMABLE",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.24", until: null },
    explanation:
      "The two bits are the migratetype as a number, and together they give 3, which is MIGRATE_HIGHATOMIC. With DEBUG_VM gfp_migratetype() warns; then the value is used as it is, and 6.1 was seen to crash with it.",
    evidence: "include/linux/gfp.h:gfp_migratetype",
    advice: "Keep one of the two.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
    },
    check: mobilityConflict,
  },
  {
    id: "movable-without-highmem",
    title: "__GFP_MOVABLE without __GFP_HIGHMEM",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.24", until: null },
    explanation:
      "ZONE_MOVABLE is the answer of gfp_zone() to __GFP_MOVABLE and __GFP_HIGHMEM together. __GFP_MOVABLE alone gives ZONE_NORMAL: pages are grouped as movable and may come from CMA.",
    evidence: "include/linux/gfp.h:gfp_zone",
    advice: "Write GFP_HIGHUSER_MOVABLE for a page that can move; else drop the flag.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_MOVABLE"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
    },
    check: movableWithoutHighmem,
  },
  {
    id: "movable-kernel-memory",
    title: "__GFP_MOVABLE for memory that the kernel keeps",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.24", until: null },
    explanation:
      "Movable pages may be placed in CMA areas and in ZONE_MOVABLE because they can be moved out again. A buffer that the kernel holds by its address cannot, and then cma_alloc(), alloc_contig_range() and memory unplug fail there. The model sees it where the call returns an address.",
    evidence: "mm/page_alloc.c:gfp_to_alloc_flags_cma",
    advice: "Drop the flag. For long-term pins of user pages there is memalloc_pin_save().",
    examples: {
      bad: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL | __GFP_MOVABLE"]),
      good: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL"]),
    },
    check: movableKernelMemory,
  },
  {
    id: "slab-zone-flags",
    title: "kmalloc() with __GFP_HIGHMEM or __GFP_DMA32",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      'Slab has no memory from these zones. When a new slab is needed it prints "Unexpected gfp" with a stack and goes on without the bit; a free object in the cache hides that. Above two pages kmalloc() does so on every call since 5.9; before, it did not look, and such a call is not reported.',
    evidence: "mm/slub.c:new_slab; mm/slab_common.c:kmalloc_fix_flags",
    advice: "Use dma_alloc_coherent(), a cache with SLAB_CACHE_DMA32, or alloc_pages().",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
      good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL"]),
    },
    check: slabZoneFlags,
  },
  {
    id: "slab-movable",
    title: "kmalloc() with __GFP_MOVABLE",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.24", until: null },
    explanation:
      "Objects of a slab cannot move. Up to two pages the bit is dropped; above, kmalloc() hands it to the page allocator, and the object lands in a movable or CMA pageblock that it will block.",
    evidence: "mm/slub.c:new_slab, ___kmalloc_large_node",
    advice: "Drop it.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_MOVABLE | __GFP_RETRY_MAYFAIL"]),
      good: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
    },
    check: slabMovable,
  },
  {
    id: "highmem-ignored",
    title: "__get_free_pages() with __GFP_HIGHMEM",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.17", until: null },
    explanation:
      "These calls return an address, and a page of high memory has none. They clear the bit silently; older kernels stopped with a VM_BUG_ON.",
    evidence: "mm/page_alloc.c:get_free_pages",
    advice: "Drop it, or use alloc_pages() and kmap_local_page().",
    examples: {
      bad: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
      good: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL"]),
    },
    check: highmemIgnored,
  },
  {
    id: "dma-zone-for-device",
    title: "__GFP_DMA for what a device can reach",
    severity: "hint",
    class: "deprecated",
    versions: { since: "2.6.x", until: null },
    explanation:
      "ZONE_DMA is a leftover of one bus: 16 MiB on x86, up to 1 GiB or what the device tree says on arm64. It has nothing to do with the mask of a device, the OOM killer does not work for it, and where it has no memory its failures are not even reported (since 5.17).",
    evidence: "include/linux/gfp_types.h, GFP_DMA; mm/page_alloc.c:warn_alloc",
    advice: "Set the device's DMA mask, and use dma_alloc_coherent() or dma_alloc_pages().",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL | GFP_DMA"]),
      good: example("6.12", ["api   dma_alloc_coherent", "size  512 B", "flags GFP_KERNEL"]),
    },
    check: dmaForDevice,
  },
  {
    id: "zone-not-configured",
    title: "A zone that the configuration does not have",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Without ZONE_DMA or ZONE_DMA32 gfp_zone() answers ZONE_NORMAL for its bit. Nothing fails, and nothing is known about the address.",
    evidence: "include/linux/gfp.h:OPT_ZONE_DMA, OPT_ZONE_DMA32",
    advice: "Use the DMA API, which knows the device's mask.",
    examples: {
      bad: example("6.12\nconfig { ZONE_DMA32 off }", [
        "api   alloc_pages",
        "order 0",
        "flags GFP_KERNEL | __GFP_DMA32",
      ]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32"]),
    },
    check: notConfigured,
  },
  {
    id: "kmalloc-dma-type",
    title: "kmalloc() with __GFP_DMA and another choice of cache",
    severity: "warning",
    class: "ineffective",
    versions: { since: "5.14", until: null },
    explanation:
      "__GFP_DMA, __GFP_RECLAIMABLE and __GFP_ACCOUNT each choose a set of caches, and the first of them wins. Without ZONE_DMA there is no DMA set, and the object is an ordinary one.",
    evidence: "include/linux/slab.h:kmalloc_type",
    advice: "Keep the one that matters; for a device use the DMA API.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL_ACCOUNT | __GFP_DMA"]),
      good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL_ACCOUNT"]),
    },
    check: kmallocDmaType,
  },
  {
    id: "reclaimable-without-shrinker",
    title: "__GFP_RECLAIMABLE outside of a shrinkable cache",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.24", until: null },
    explanation:
      "The bit groups pages with those of shrinkable slabs. In kmalloc() it chooses the kmalloc-rcl caches, which are counted as reclaimable. Memory that no shrinker frees spoils both.",
    evidence: "include/linux/slab.h:kmalloc_type; include/linux/gfp.h:gfp_migratetype",
    advice: "Drop it, or make a cache with SLAB_RECLAIM_ACCOUNT and a shrinker.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_RECLAIMABLE"]),
      good: example("6.12", ["api   kmem_cache_alloc", "cache { size 64  reclaimable }", "flags GFP_KERNEL"]),
    },
    check: reclaimable,
  },
  {
    id: "this-node-unchecked",
    title: "__GFP_THISNODE without a NULL check",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.x", until: null },
    explanation:
      "The zonelist has no other node in it, and the OOM killer is not called, so that GFP_KERNEL fails at order 0 when one node is full. For a node that is offline the kernel also warns.",
    evidence: "include/linux/gfp.h:gfp_zonelist; mm/page_alloc.c:__alloc_pages_may_oom",
    advice: "Handle NULL, or drop __GFP_THISNODE and keep the node as a wish.",
    examples: {
      bad: example("6.12", [
        "api     alloc_pages_node",
        "order   0",
        "node    1",
        "flags   GFP_KERNEL | __GFP_THISNODE",
        "handles nothing",
      ]),
      good: example("6.12", [
        "api     alloc_pages_node",
        "order   0",
        "node    1",
        "flags   GFP_KERNEL | __GFP_THISNODE",
        "handles null",
      ]),
    },
    check: thisNodeUnchecked,
  },
  {
    id: "this-node-no-effect",
    title: "__GFP_THISNODE without a node",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Without NUMA there is only one node. With it, a call that could be given a node and is not takes the node of the CPU that it happens to run on.",
    evidence: "include/linux/gfp.h:alloc_pages_node, gfp_zonelist",
    advice: "Name the node, or drop the flag.",
    examples: {
      bad: example("6.12\nconfig { NUMA off }", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_THISNODE"]),
      good: example("6.12", ["api   alloc_pages_node", "order 0", "node  1", "flags GFP_KERNEL | __GFP_THISNODE"]),
    },
    check: thisNodeNoEffect,
  },
  {
    id: "explicit-hardwall",
    title: "__GFP_HARDWALL written out",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "While cpusets are in use every request has the bit in the fast path. In the slow path it keeps the request inside of the cpuset, where without it GFP_KERNEL may leave for the nearest hardwall: the difference between GFP_USER and GFP_KERNEL. In an interrupt cpusets are not looked at.",
    evidence: "mm/page_alloc.c:prepare_alloc_pages; kernel/cgroup/cpuset.c:cpuset_node_allowed",
    advice: "Choose GFP_USER or GFP_KERNEL by whose memory it is.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_HARDWALL"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_USER"]),
    },
    check: explicitHardwall,
  },
  {
    id: "write-no-effect",
    title: "__GFP_WRITE outside of the page cache",
    severity: "warning",
    class: "ineffective",
    versions: { since: "3.3", until: null },
    explanation:
      "The fast path of the page allocator spreads pages that are about to be dirtied over the zones. Slab drops the bit, ranges ignore it, and vmalloc memory is no page cache.",
    evidence: "mm/page_alloc.c:get_page_from_freelist",
    advice: "Drop it.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_WRITE"]),
      good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL"]),
    },
    check: writeNoEffect,
  },
  {
    id: "transhuge-order",
    title: "GFP_TRANSHUGE for something else than a huge page",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.6", until: null },
    explanation:
      "The composites are tuned for huge pages that are welcome and not needed: no kswapd, no reserves, no report, and in the light form no reclaim at all. At other orders that means failures nobody expects.",
    evidence: "include/linux/gfp_types.h, GFP_TRANSHUGE",
    advice: "Write the flags that the request needs, from GFP_KERNEL or GFP_HIGHUSER_MOVABLE on.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_TRANSHUGE"]),
      good: example("6.12", ["api   alloc_pages", "order 9", "flags GFP_TRANSHUGE"]),
    },
    check: transhugeOrder,
  },
  {
    id: "highuser-for-kernel",
    title: "GFP_HIGHUSER_MOVABLE for memory of the kernel",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The composite is for pages of user space: anywhere, movable, and since 5.14 not checked by hardware-tag KASAN. Memory that the kernel uses by its address is none of these.",
    evidence: "include/linux/gfp_types.h, GFP_HIGHUSER_MOVABLE",
    advice: "Write GFP_KERNEL.",
    examples: {
      bad: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
    },
    check: highuserForKernel,
  },
];
