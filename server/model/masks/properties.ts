import { SCOPE } from "../contexts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "./mask.ts";

/**
 * The migratetypes that a mask can give; 3 comes from the invalid MOVABLE|RECLAIMABLE and is the number of HIGHATOMIC.
 */
export const MIGRATE = { UNMOVABLE: 0, MOVABLE: 1, RECLAIMABLE: 2, INVALID: 3 } as const;

const MOBILITY_SHIFT = 3;

/**
 * gfp_migratetype(), include/linux/gfp.h: 0 unmovable, 1 movable, 2 reclaimable, 3 for both bits (a VM_WARN_ON, then
 * used as it is).
 */
export function migratetype(kernel: Kernel, value: Mask): number {
  return (value & (kernel.bits.MOVABLE | kernel.bits.RECLAIMABLE)) >>> MOBILITY_SHIFT;
}

/** gfpflags_allow_blocking(), include/linux/gfp.h: the caller may be put to sleep. */
export function blocking(kernel: Kernel, value: Mask): boolean {
  return (value & kernel.bits.DIRECT_RECLAIM) !== 0;
}

/**
 * gfp_zonelist(), include/linux/gfp.h: 1 is ZONELIST_NOFALLBACK, this node only. There is only one list without NUMA.
 */
export function zonelist(kernel: Kernel, value: Mask): 0 | 1 {
  return kernel.options.NUMA && (value & kernel.bits.THISNODE) !== 0 ? 1 : 0;
}

/**
 * gfp_compaction_allowed(), include/linux/gfp.h (6.8+): compaction can be counted on. Every version's
 * try_to_compact_pages() refuses without __GFP_IO.
 */
export function gfpCompactionAllowed(kernel: Kernel, value: Mask): boolean {
  return kernel.options.COMPACTION && (value & kernel.bits.IO) !== 0;
}

/**
 * `can_compact` of __alloc_pages_slowpath(), mm/page_alloc.c: what the slow path and reclaim count on. The same as
 * gfp_compaction_allowed() from 6.8 on; before, COMPACTION alone, whatever the mask.
 */
export function canCompact(kernel: Kernel, value: Mask): boolean {
  return gfpCompactionAllowed(kernel, value) || (kernel.options.COMPACTION && !kernel.features.compactionNeedsIo);
}

/**
 * current_gfp_context(), include/linux/sched/mm.h: what memalloc_*_save() leaves of a mask. NOIO takes IO and FS, NOFS
 * takes FS, PIN takes MOVABLE where the version does that. `scopes` are bits of SCOPE; noreclaim and memalloc change no
 * bit.
 */
export function applyScopes(kernel: Kernel, value: Mask, scopes: number): Mask {
  const { bits } = kernel;
  let cleared = 0;
  if ((scopes & SCOPE.noio) !== 0) cleared = bits.IO | bits.FS;
  else if ((scopes & SCOPE.nofs) !== 0) cleared = bits.FS;
  if ((scopes & SCOPE.pin) !== 0 && pinClearsMovable(kernel)) cleared |= bits.MOVABLE;
  return mask(value & ~cleared);
}

function pinClearsMovable({ features, options }: Kernel): boolean {
  return features.pinScope === "clears-movable" || (features.pinScope === "clears-movable-with-cma" && options.CMA);
}

/** Whether a request of migratetype INVALID and this order reads past the kernel's tables, and dies of it. */
export function crashesMigratetype({ features }: Kernel, order: number): boolean {
  switch (features.invalidMigratetypeCrashes) {
    case "nothing":
      return false;
    case "order-0":
      return order === 0;
    case "every-order":
      return true;
  }
}

/** The mask that the fast path looks at: with the scopes applied where the version does that before it. */
export function fastPathMask(kernel: Kernel, value: Mask, scopes: number): Mask {
  return scopes !== 0 && kernel.features.scopesApplyToFastPath ? applyScopes(kernel, value, scopes) : value;
}

/**
 * What the slow path makes of a mask after scopes: without ATOMIC, where the version drops it beside DIRECT_RECLAIM
 * (4.4 to 6.2).
 */
export function withoutAtomic(kernel: Kernel, value: Mask): Mask {
  const { ATOMIC, DIRECT_RECLAIM } = kernel.bits;
  const drops =
    (value & ATOMIC) !== 0 && (value & DIRECT_RECLAIM) !== 0 && kernel.features.warnsAtomicWithDirectReclaim;
  return drops ? mask(value & ~ATOMIC) : value;
}

/** GFP_RECLAIM_MASK, mm/internal.h: the bits that slab passes on to the page allocator. */
export function reclaimMask(kernel: Kernel): Mask {
  const { bits, gfp } = kernel;
  return mask(
    gfp.RECLAIM |
      bits.HIGH |
      bits.IO |
      bits.FS |
      bits.NOWARN |
      bits.RETRY_MAYFAIL |
      bits.NOFAIL |
      bits.NORETRY |
      bits.MEMALLOC |
      bits.NOMEMALLOC |
      bits.NOLOCKDEP |
      bits.ATOMIC,
  );
}

/** GFP_CONSTRAINT_MASK, mm/internal.h: cpuset and node. */
export function constraintMask(kernel: Kernel): Mask {
  return mask(kernel.bits.HARDWALL | kernel.bits.THISNODE);
}

/**
 * GFP_SLAB_BUG_MASK, mm/internal.h: what slab complains about: zones it cannot give, and bits outside of
 * __GFP_BITS_MASK.
 */
export function slabBugMask(kernel: Kernel): Mask {
  return mask(kernel.bits.DMA32 | kernel.bits.HIGHMEM | ~kernel.allBits);
}

/** Which of kmalloc's sets of caches a mask chooses. Not the kernel's numbers: see `kmallocTypeNumber`. */
export const KMALLOC = { normal: 0, cgroup: 1, reclaim: 2, dma: 3 } as const;
export type KmallocType = (typeof KMALLOC)[keyof typeof KMALLOC];

/**
 * kmalloc_type(), include/linux/slab.h: DMA before RECLAIMABLE before ACCOUNT; a set that the version or the options do
 * not have is passed over, and DMA without ZONE_DMA is normal.
 */
export function kmallocType(kernel: Kernel, value: Mask): KmallocType {
  const { bits, features, options } = kernel;
  if (options.ZONE_DMA && (value & bits.DMA) !== 0) return KMALLOC.dma;
  if ((value & bits.RECLAIMABLE) !== 0 && features.kmallocReclaimCaches) return KMALLOC.reclaim;
  if (options.MEMCG && (value & bits.ACCOUNT) !== 0 && features.kmallocAccountCaches) return KMALLOC.cgroup;
  return KMALLOC.normal;
}

const CGROUP_FIRST: readonly number[] = [0, 1, 2, 3];
const CGROUP_LAST: readonly number[] = [0, 3, 1, 2];

/**
 * The number that the version gives to a type: enum kmalloc_cache_type, include/linux/slab.h, without
 * RANDOM_KMALLOC_CACHES.
 */
export function kmallocTypeNumber(kernel: Kernel, type: KmallocType): number {
  return (kernel.features.kmallocTypeOrder === "cgroup-first" ? CGROUP_FIRST : CGROUP_LAST)[type] ?? 0;
}
