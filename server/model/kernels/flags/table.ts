import type { FlagName } from "../../masks/mask.ts";
import type { BuildSwitch } from "../build-options.ts";

/** A flag at a fixed value; with `when`, the value is 0 unless the option is on. The name exists either way. */
export interface FixedFlag {
  readonly flag: FlagName;
  readonly value: number;
  readonly when?: BuildSwitch;
}

/** A place in the enum that numbers the bits since 6.10; `null` is a place that no flag uses. With `when`, the place exists only with the option. */
export interface EnumFlag {
  readonly flag: FlagName | null;
  readonly when?: BuildSwitch;
}

/**
 * The `___GFP_` bits of one header. `fixed` tables give each value (to 6.9); `enum` tables give the order and the bits
 * follow from it (6.10 on), so that an option moves all later flags.
 */
export type FlagTable =
  | {
      readonly kind: "fixed";
      readonly source: string;
      readonly flags: readonly FixedFlag[];
      readonly bitsShift: number;
      readonly bitsShiftGrowsWith: BuildSwitch | null;
    }
  | { readonly kind: "enum"; readonly source: string; readonly flags: readonly EnumFlag[] };
