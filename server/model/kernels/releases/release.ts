import type { Features } from "../features.ts";
import type { CompositeTable } from "../flags/composites.ts";
import type { FlagTable } from "../flags/table.ts";

/**
 * One kernel version: what it is based on and what is different there. `mainline` releases form the order of releases;
 * a `point` is a point release of a stable branch that was read; `vendor` and `development` trees stand beside them.
 */
export interface Release {
  readonly name: string;
  readonly kind: "mainline" | "point" | "vendor" | "development";
  /** The name of the release whose features this one starts from; null for the oldest, whose features are `oldestFeatures`. */
  readonly basedOn: string | null;
  readonly features: Partial<Features>;
  readonly flags?: FlagTable;
  readonly composites?: Partial<CompositeTable>;
  /** Where the facts were read, and which are recalled or lie between two trees that were read. */
  readonly source: string;
}
