/**
 * The build options that change an answer and are on or off, with their values in a common x86-64 distribution kernel.
 * Names as in Kconfig, without CONFIG_. The one list of them: language, settings, command line and tests read it.
 */
const SWITCHES = {
  PREEMPT_RT: false,
  NUMA: true,
  CMA: true,
  MEMCG: true,
  COMPACTION: true,
  TRANSPARENT_HUGEPAGE: true,
  HUGETLB_PAGE: true,
  ZONE_DMA: true,
  ZONE_DMA32: true,
  HIGHMEM: false,
  PREEMPT_RCU: true,
  LOCKDEP: false,
  KASAN_HW_TAGS: false,
  SLAB_OBJ_EXT: true,
  DEBUG_VM: false,
  DEBUG_ATOMIC_SLEEP: false,
};

export type BuildSwitch = keyof typeof SWITCHES;

export interface BuildOptions extends Readonly<Record<BuildSwitch, boolean>> {
  /** Bytes in a page: one of PAGE_SIZES. */
  readonly pageBytes: number;
}

/** The page sizes, in bytes, that some architecture of Linux has and the model takes. */
export const PAGE_SIZES: readonly number[] = [4096, 8192, 16_384, 32_768, 65_536];

/** The options of a common x86-64 distribution kernel; SLAB_OBJ_EXT follows MEMCG. */
export const DEFAULT_OPTIONS: BuildOptions = { ...SWITCHES, pageBytes: 4096 };

export function isBuildSwitch(name: string): name is BuildSwitch {
  return Object.hasOwn(SWITCHES, name);
}

/** Every option that is on or off. */
export const BUILD_SWITCHES: readonly BuildSwitch[] = Object.keys(SWITCHES).filter(isBuildSwitch);

export function isPageSize(bytes: number): boolean {
  return PAGE_SIZES.includes(bytes);
}
