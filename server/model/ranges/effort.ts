import type { Kernel } from "../kernels/kernel.ts";
import type { Mask } from "../masks/mask.ts";

/** Rounds of migration before the range is given up (mm/page_alloc.c:__alloc_contig_migrate_range). */
export const MIGRATION_TRIES = 5;

/** What alloc_contig_range() does to get a range, in whatever state memory is. */
export interface RangeEffort {
  /** The LRU caches of all CPUs are emptied first, and kept off while pages move where `cache-disable`. Always done. */
  readonly lru: Kernel["features"]["contigLru"];
  /** The per-cpu page lists are drained, not disabled. Always done (drain_all_pages). */
  readonly drainsPcp: true;
  /** Rounds of migration at most. */
  readonly migrationTries: number;
}

/** The effort for a mask that the call takes: one round in Android's fast mode, else five. */
export function rangeEffort(kernel: Kernel, caller: Mask): RangeEffort {
  const { bits, features } = kernel;
  const isFast = features.contigNoretryFastMode && (caller & bits.NORETRY) !== 0;
  return { lru: features.contigLru, drainsPcp: true, migrationTries: isFast ? 1 : MIGRATION_TRIES };
}
