import type { Kernel } from "../kernels/kernel.ts";
import type { Mask } from "./mask.ts";

/**
 * One bit for each of the sixteen combinations of the four zone bits: 1 where the combination is invalid. GFP_ZONE_BAD,
 * include/linux/gfp.h.
 */
const BAD_COMBINATIONS = 0xe8e8;

const ZONE_BITS = 0xf;

/**
 * The highest zone that the mask allows, as an index of `kernel.zones`. gfp_zone(), include/linux/gfp.h; the same text
 * 4.19 to 6.12.
 */
export function gfpZoneIndex(kernel: Kernel, value: Mask): number {
  return kernel.zoneTable[value & ZONE_BITS] ?? 0;
}

/**
 * The zone bits go together; where they do not, gfp_zone() is a VM_BUG_ON with DEBUG_VM and the lowest zone without.
 */
export function gfpZoneValid(value: Mask): boolean {
  return ((BAD_COMBINATIONS >>> (value & ZONE_BITS)) & 1) === 0;
}

/** The zone lies below Normal, where the OOM killer is not called. __alloc_pages_may_oom(), mm/page_alloc.c. */
export function isLowZone(kernel: Kernel, value: Mask): boolean {
  return gfpZoneIndex(kernel, value) < kernel.zones.indexOf("Normal");
}
