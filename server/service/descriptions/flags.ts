import type { GroupName } from "../../model/kernels/flags/groups.ts";

/** The built-in groups of the language, after those of the kernel's documentation. */
export const GROUP_MEANINGS: Readonly<Record<GroupName, string>> = {
  ZONE_MODIFIERS: "The flags that choose the zone.",
  MOBILITY: "The flags that say how mobile the page is and where it may lie.",
  WATERMARK: "The flags that say how much of the reserve may be used.",
  RECLAIM_MODIFIERS: "The flags that say how reclaim may work and how hard to try.",
  ACTION_MODIFIERS: "The flags that say what else is done: zeroing, compound pages, warnings.",
};
