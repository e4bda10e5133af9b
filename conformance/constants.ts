import type { Kernel } from "../server/model/kernels/kernel.ts";
import {
  COSTLY_ORDER,
  kmallocMaxBytes,
  kmallocMaxCacheBytes,
  MAX_RECLAIM_RETRIES,
  pageblockOrder,
  PERCPU_MAX_BYTES,
} from "../server/model/limits.ts";
import { ALLOC } from "../server/model/masks/alloc-flags.ts";
import { mask, type Mask } from "../server/model/masks/mask.ts";
import { meaningOf } from "../server/model/masks/names.ts";
import {
  constraintMask,
  KMALLOC,
  kmallocTypeNumber,
  MIGRATE,
  reclaimMask,
  slabBugMask,
} from "../server/model/masks/properties.ts";
import { gfpZoneIndex } from "../server/model/masks/zone.ts";

/** GFP_BOOT_MASK, mm/internal.h: what early boot may use. */
function bootMask(kernel: Kernel): Mask {
  return mask(kernel.allBits & ~(kernel.gfp.RECLAIM | kernel.bits.IO | kernel.bits.FS));
}

/** gfp_nested_mask(), include/linux/gfp.h (6.10+): what an allocation inside of another one may use. */
export function nestedMask(kernel: Kernel, value: Mask): Mask {
  const { bits, gfp } = kernel;
  return mask((value & (gfp.KERNEL | gfp.ATOMIC | bits.NOLOCKDEP)) | bits.NORETRY | bits.NOMEMALLOC | bits.NOWARN);
}

const ZONES_SHIFT = 2;

/** GFP_ZONE_TABLE: two bits of zone index for each of the valid combinations. include/linux/gfp.h */
function zoneTable(kernel: Kernel): number {
  const combinations = [0, 1, 2, 4, 8, 9, 10, 12];
  return combinations.reduce((table, bits) => table + gfpZoneIndex(kernel, mask(bits)) * 2 ** (bits * ZONES_SHIFT), 0);
}

const ZONE_CONSTANTS = {
  ZONE_DMA: "DMA",
  ZONE_DMA32: "DMA32",
  ZONE_NORMAL: "Normal",
  ZONE_HIGHMEM: "HighMem",
  ZONE_MOVABLE: "Movable",
} as const;

/**
 * Numbers that are the same in every version read (mm/internal.h, include/linux/sched.h, mmzone.h, compaction.h,
 * percpu.h).
 */
const FIXED: ReadonlyMap<string, number> = new Map(
  Object.entries({
    PAGE_ALLOC_COSTLY_ORDER: COSTLY_ORDER,
    MAX_RECLAIM_RETRIES,
    KMALLOC_MIN_SIZE: 8,
    PCPU_MIN_UNIT_SIZE: PERCPU_MAX_BYTES,
    GFP_ZONES_SHIFT: ZONES_SHIFT,
    GFP_ZONE_BAD: 0xe8e8,
    MIGRATE_UNMOVABLE: MIGRATE.UNMOVABLE,
    MIGRATE_MOVABLE: MIGRATE.MOVABLE,
    MIGRATE_RECLAIMABLE: MIGRATE.RECLAIMABLE,
    MIGRATE_PCPTYPES: 3,
    MIGRATE_HIGHATOMIC: 3,
    ZONELIST_FALLBACK: 0,
    ZONELIST_NOFALLBACK: 1,
    PF_MEMALLOC: 0x800,
    PF_KSWAPD: 0x20000,
    PF_MEMALLOC_NOFS: 0x40000,
    PF_MEMALLOC_NOIO: 0x80000,
    PF_KTHREAD: 0x200000,
    PF_MEMALLOC_PIN: 0x10000000,
    PF_MEMALLOC_NOCMA: 0x10000000,
    COMPACT_PRIO_SYNC_FULL: 0,
    DEF_COMPACT_PRIORITY: 1,
    INIT_COMPACT_PRIORITY: 2,
  }),
);

const ALLOC_CONSTANTS: ReadonlyMap<string, number> = new Map(
  Object.entries(ALLOC).map(([name, value]) => [`ALLOC_${name}`, value]),
);

/** Numbers that need the kernel. */
function derived(kernel: Kernel, name: string): number | null {
  const { features, options } = kernel;
  switch (name) {
    case "__GFP_BITS_MASK":
    case "gfp_allowed_mask":
      return kernel.allBits;
    case "__GFP_BITS_SHIFT":
      return 32 - Math.clz32(kernel.allBits);
    case "GFP_RECLAIM_MASK":
      return reclaimMask(kernel);
    case "GFP_BOOT_MASK":
      return bootMask(kernel);
    case "GFP_CONSTRAINT_MASK":
      return constraintMask(kernel);
    case "GFP_SLAB_BUG_MASK":
      return slabBugMask(kernel);
    case "GFP_MOVABLE_MASK":
      return kernel.bits.MOVABLE | kernel.bits.RECLAIMABLE;
    case "GFP_ZONE_TABLE":
      return zoneTable(kernel);
    case "TOPORDER":
      return kernel.maxOrder;
    case "pageblock_order":
      return pageblockOrder(kernel);
    case "PAGE_SIZE":
      return options.pageBytes;
    case "KMALLOC_MAX_SIZE":
      return kmallocMaxBytes(kernel);
    case "KMALLOC_MAX_CACHE_SIZE":
      return kmallocMaxCacheBytes(kernel);
    case "MAX_NR_ZONES":
      return kernel.zones.length;
    case "MIGRATE_CMA":
      return options.CMA ? 4 : null;
    case "MIGRATE_ISOLATE":
      return options.CMA ? 5 : 4;
    case "MIGRATE_TYPES":
      return options.CMA ? 6 : 5;
    case "ALLOC_KSWAPD":
      return features.allocKswapd;
    case "ALLOC_RESERVES":
      return features.reserveScheme === "min-reserve"
        ? ALLOC.OOM | ALLOC.NON_BLOCK | ALLOC.MIN_RESERVE | ALLOC.HIGHATOMIC
        : null;
    case "KMALLOC_NORMAL":
      return kmallocTypeNumber(kernel, KMALLOC.normal);
    case "KMALLOC_RECLAIM":
      return kmallocTypeNumber(kernel, KMALLOC.reclaim);
    case "KMALLOC_DMA":
      return kmallocTypeNumber(kernel, KMALLOC.dma);
    case "KMALLOC_CGROUP":
      return kmallocTypeNumber(kernel, KMALLOC.cgroup);
    default:
      return null;
  }
}

/**
 * The value of a kernel constant by its C name, for comparison with a running kernel: flags, composites, derived masks,
 * ALLOC_ and PF_ bits, zones, migratetypes, limits. Null: the kernel or the model does not have it.
 */
export function constantOf(kernel: Kernel, name: string): number | null {
  const meaning = meaningOf(kernel, name);
  if (meaning.kind === "flag" || meaning.kind === "composite") return meaning.mask;
  for (const [constant, zone] of Object.entries(ZONE_CONSTANTS)) {
    if (constant === name) return kernel.zones.includes(zone) ? kernel.zones.indexOf(zone) : null;
  }
  return derived(kernel, name) ?? ALLOC_CONSTANTS.get(name) ?? FIXED.get(name) ?? null;
}
