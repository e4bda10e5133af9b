import type { CompositeName, FlagName, Mask } from "../masks/mask.ts";
import type { BuildOptions } from "./build-options.ts";
import type { Features } from "./features.ts";

export type { BuildOptions } from "./build-options.ts";

export const ZONE_NAMES = ["DMA", "DMA32", "Normal", "HighMem", "Movable"] as const;
export type ZoneName = (typeof ZONE_NAMES)[number];

export function isZone(name: string): name is ZoneName {
  return ZONE_NAMES.some((zone) => zone === name);
}

/**
 * A kernel version with its build options: everything that a verdict depends on besides the request. Made by
 * `kernelOf()` in `kernels.ts`; equal arguments give the same object, so it can key caches.
 */
export interface Kernel {
  /** As asked for: `6.12`, `6.12.117`, `android-6.18`, `7.x-dev`. */
  readonly name: string;
  /** Place in the order of releases, for "since" and "until"; point releases and vendor trees stand outside (null). */
  readonly mainlineIndex: number | null;
  /** Where the facts were read, and what is inferred: shown in hovers. */
  readonly source: string;
  readonly features: Features;
  /** The functions that other versions have and this one has not, by their C names. */
  readonly lacks: ReadonlySet<string>;
  readonly options: BuildOptions;
  /** The value of each flag; 0 where the version or the options do not have the bit. */
  readonly bits: Readonly<Record<FlagName, Mask>>;
  /** True where the name exists in this version's headers, even with value 0 (`__GFP_NOLOCKDEP` without LOCKDEP). */
  readonly exists: Readonly<Record<FlagName, boolean>>;
  readonly gfp: Readonly<Record<CompositeName, Mask>>;
  /** All bits that the version defines (__GFP_BITS_MASK). */
  readonly allBits: Mask;
  /** The bits that have a name in this version, with these options; a subset of `allBits`. */
  readonly namedBits: Mask;
  /** Flags that this kernel does not have and a design gives it: names as written, with bits that it has no use for. */
  readonly designed: Readonly<Record<string, Mask>>;
  /** Scopes that a design gives its tasks, by name, sorted: no decision of this kernel knows them. */
  readonly designedScopes: readonly string[];
  /** The zones of a node in the order of their indexes, lowest first. */
  readonly zones: readonly ZoneName[];
  /** gfp_zone() for the low four bits of a mask: indexes into `zones` (GFP_ZONE_TABLE of include/linux/gfp.h). */
  readonly zoneTable: readonly number[];
  /**
   * The largest order that the buddy allocator serves: 10 with 4 KiB pages, 11 with 16 KiB, 13 with 64 KiB (MAX_ORDER-1
   * to 6.3, MAX_ORDER, MAX_PAGE_ORDER).
   */
  readonly maxOrder: number;
}
