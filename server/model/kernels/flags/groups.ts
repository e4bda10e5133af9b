import type { FlagName } from "../../masks/mask.ts";

/**
 * The groups of flags that the language has names for, after the headings of the kernel's own documentation
 * (gfp_types.h, gfp.h before 6.0).
 */
export const FLAG_GROUPS = {
  ZONE_MODIFIERS: ["DMA", "HIGHMEM", "DMA32", "MOVABLE"],
  MOBILITY: ["MOVABLE", "RECLAIMABLE", "WRITE", "HARDWALL", "THISNODE", "ACCOUNT", "NO_OBJ_EXT"],
  WATERMARK: ["HIGH", "ATOMIC", "MEMALLOC", "NOMEMALLOC"],
  RECLAIM_MODIFIERS: ["IO", "FS", "DIRECT_RECLAIM", "KSWAPD_RECLAIM", "RETRY_MAYFAIL", "NOFAIL", "NORETRY"],
  ACTION_MODIFIERS: [
    "NOWARN",
    "COMP",
    "ZERO",
    "ZEROTAGS",
    "SKIP_ZERO",
    "SKIP_KASAN",
    "SKIP_KASAN_UNPOISON",
    "SKIP_KASAN_POISON",
  ],
} as const satisfies Readonly<Record<string, readonly FlagName[]>>;

export type GroupName = keyof typeof FLAG_GROUPS;

export function isGroupName(name: string): name is GroupName {
  return Object.hasOwn(FLAG_GROUPS, name);
}
