import { madeOnce } from "../kept.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { perKernel } from "../kernels/per-kernel.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import { constraintMask, reclaimMask, slabBugMask } from "../masks/properties.ts";
import { COSTLY_ORDER } from "../limits.ts";
import { orderOfBytes } from "../sizes.ts";

export interface SlabMasks {
  /** What of the caller's mask a new slab keeps: GFP_RECLAIM_MASK | GFP_CONSTRAINT_MASK (mm/internal.h). */
  readonly kept: Mask;
  /** What a new slab complains about and drops: GFP_SLAB_BUG_MASK, bits 0..31. */
  readonly refused: Mask;
}

/** The masks that slab judges the caller's mask by (mm/internal.h, mm/slub.c:new_slab). */
export const slabMasks: (kernel: Kernel) => SlabMasks = perKernel((kernel) => ({
  kept: mask(reclaimMask(kernel) | constraintMask(kernel)),
  refused: slabBugMask(kernel),
}));

export interface SlabOrders {
  /** The order asked for first. */
  readonly preferred: number;
  /** The order that one object needs, asked for when the first try failed. */
  readonly least: number;
}

/** CPUs that the preferred order is worked out for; the kernel counts those present at boot. */
const CPUS = 2;

/**
 * Objects that a slab should hold on a machine with CPUS processors: 4 * (fls(CPUS) + 1) (mm/slub.c:calculate_order).
 */
const WANTED_OBJECTS = 4 * (32 - Math.clz32(CPUS) + 1);

/**
 * The page orders of a cache's slabs (mm/slub.c:calculate_order), for objects of `bytes` (at least 1) without debugging
 * fields.
 */
export function slabOrders(kernel: Kernel, bytes: number): SlabOrders {
  const size = Math.max(8, bytes);
  const least = orderOfBytes(kernel, size);
  if (least > COSTLY_ORDER) return { preferred: least, least };
  const [byWaste, byObjects] = preferredOrders(kernel, size, least);
  // Of most sizes both come to the same.
  if (byWaste === byObjects || kernel.features.slabOrderBy === "waste") return { preferred: byWaste, least };
  return { preferred: byObjects, least };
}

type Preferred = readonly [byWaste: number, byObjects: number];

/** By size and the size of a page; the same few are asked for again and again. */
const preferred = new Map<number, Map<number, Preferred>>();
const MOST_SIZES = 4096;

function preferredOrders(kernel: Kernel, size: number, least: number): Preferred {
  const { pageBytes } = kernel.options;
  const bySize = madeOnce(preferred, pageBytes, () => new Map<number, Preferred>());
  const known = bySize.get(size);
  if (known !== undefined) return known;
  if (bySize.size >= MOST_SIZES) bySize.clear();
  const most = Math.max(1, Math.floor((pageBytes * 2 ** COSTLY_ORDER) / size));
  const wanted = Math.min(WANTED_OBJECTS, most);
  const made: Preferred = [orderByWaste(kernel, size, wanted) ?? least, orderByObjects(kernel, size, wanted) ?? least];
  bySize.set(size, made);
  return made;
}

/** Of so many objects, with as little waste as can be; null where no order serves. */
function orderByWaste(kernel: Kernel, size: number, wanted: number): number | null {
  for (let fraction = 16; fraction > 1; fraction /= 2) {
    const order = orderWithWaste(kernel, size, orderOfBytes(kernel, wanted * size), fraction);
    if (order <= COSTLY_ORDER) return order;
  }
  return null;
}

/** Of as many objects as can be, with little waste. */
function orderByObjects(kernel: Kernel, size: number, most: number): number | null {
  for (let wanted = most; wanted > 1; wanted--) {
    for (let fraction = 16; fraction >= 4; fraction /= 2) {
      const order = orderWithWaste(kernel, size, orderOfBytes(kernel, wanted * size), fraction);
      if (order <= COSTLY_ORDER) return order;
    }
  }
  return null;
}

/** The first order from `from` up to 3 whose slab leaves at most 1/fraction unused; 4 if none does. */
function orderWithWaste(kernel: Kernel, size: number, from: number, fraction: number): number {
  let order = from;
  for (; order <= COSTLY_ORDER; order++) {
    const slabBytes = kernel.options.pageBytes * 2 ** order;
    if (slabBytes % size <= slabBytes / fraction) break;
  }
  return order;
}

/** Objects of `bytes` that a slab of this order holds; at least one. */
export function objectsIn(kernel: Kernel, order: number, bytes: number): number {
  return Math.max(1, Math.floor((kernel.options.pageBytes * 2 ** order) / Math.max(8, bytes)));
}

/** struct slab_sheaf without its objects, in bytes on 64 bits. */
const SHEAF_HEAD_BYTES = 32;
const POINTER_BYTES = 8;

/**
 * Objects of `bytes` that a sheaf holds: by size, and as many more as fill the kmalloc object that the sheaf is itself
 * (mm/slub.c:calculate_sheaf_capacity).
 */
export function sheafCapacity(kernel: Kernel, bytes: number): number {
  const least = bytes >= kernel.options.pageBytes ? 4 : bytes >= 1024 ? 12 : bytes >= 256 ? 26 : 60;
  return (kmallocCacheBytes(SHEAF_HEAD_BYTES + least * POINTER_BYTES) - SHEAF_HEAD_BYTES) / POINTER_BYTES;
}

/**
 * The mask that a sheaf is filled with: as the caller's, without the reserves and without a report
 * (mm/slub.c:refill_sheaf).
 */
export function sheafMask(kernel: Kernel, flags: Mask): Mask {
  return mask(flags | kernel.bits.NOMEMALLOC | kernel.bits.NOWARN);
}

/** __GFP_COMP, of caches whose slabs are larger than a page; of all since 6.10 (mm/slub.c:calculate_sizes). */
export function compoundBit(kernel: Kernel, { preferred }: SlabOrders): Mask {
  return preferred > 0 || kernel.features.slabAlwaysCompound ? kernel.bits.COMP : EMPTY;
}

/** The mask of the first, larger try of a new slab (mm/slub.c:allocate_slab). */
export function firstSlabMask(kernel: Kernel, flags: Mask, canGoLower: boolean): Mask {
  const bits = kernel.bits;
  const first = (flags | bits.NOWARN | bits.NORETRY) & ~bits.NOFAIL;
  if ((first & bits.DIRECT_RECLAIM) !== 0 && canGoLower) {
    return mask((first | bits.NOMEMALLOC) & ~(bits.DIRECT_RECLAIM | bits.KSWAPD_RECLAIM));
  }
  return mask(first);
}

/**
 * The size of the kmalloc cache that serves `bytes`: 8, 16, 32, 64, 96, 128, 192, 256, …
 * (mm/slab_common.c:kmalloc_info).
 */
export function kmallocCacheBytes(bytes: number): number {
  if (bytes <= 8) return 8;
  if (bytes > 64 && bytes <= 96) return 96;
  if (bytes > 128 && bytes <= 192) return 192;
  return 2 ** (32 - Math.clz32(Math.ceil(bytes) - 1));
}
