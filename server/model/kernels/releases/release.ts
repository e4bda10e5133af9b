import type { Features } from "../features.ts";
import type { CompositeTable } from "../flags/composites.ts";
import type { FlagChange, FlagTable } from "../flags/table.ts";

/**
 * One kernel version, and what is different there from the version before it. Which that is follows from the name:
 * before a mainline release (`6.12`) the mainline release before it; before a point release (`6.12.117`) the nearest
 * one of its branch; before a vendor's tree (`android-6.18`) the release that it is called after; before the
 * development tree (`7.x-dev`) the newest release.
 */
export interface Release {
  readonly name: string;
  readonly features: Partial<Features>;
  /** A table where the numbering is new, else what changes in that of the version before. */
  readonly flags?: FlagTable | FlagChange;
  readonly composites?: Partial<CompositeTable>;
  /**
   * Functions that callers have from here on, by their C names; what no version brings is in every one. That a function
   * is in a tree that was read was read there; in which release between two of them it came is recalled.
   */
  readonly brings?: readonly string[];
  /** Functions that callers had before. By the same evidence. */
  readonly drops?: readonly string[];
  /** Where the facts were read, and which are recalled or lie between two trees that were read. */
  readonly source: string;
}
