import type { FlagName } from "../../masks/mask.ts";
import type { BuildSwitch } from "../build-options.ts";

/** A flag at a fixed value; with `when`, the value is 0 unless the option is on. The name exists either way. */
export interface FixedFlag {
  readonly flag: FlagName;
  readonly value: number;
  readonly when?: BuildSwitch;
}

/**
 * A place in the enum that numbers the bits since 6.10; `null` is a place that no flag uses. With `when`, the place
 * exists only with the option.
 */
export interface EnumFlag {
  readonly flag: FlagName | null;
  readonly when?: BuildSwitch;
}

/** Each flag has its value (to 6.9); `bitsShift` is __GFP_BITS_SHIFT without the option that it grows with. */
export interface FixedTable {
  readonly kind: "fixed";
  readonly source: string;
  readonly flags: readonly FixedFlag[];
  readonly bitsShift: number;
  readonly bitsShiftGrowsWith: BuildSwitch | null;
}

/** The order gives the bits (6.10 on), so that an option moves all later flags. */
export interface EnumTable {
  readonly kind: "enum";
  readonly source: string;
  readonly flags: readonly EnumFlag[];
}

/** The `___GFP_` bits of one header. */
export type FlagTable = FixedTable | EnumTable;

/**
 * What a header has otherwise than the one before it: `without` names the flags that are gone; `flags` are those that
 * are new, which come last, and those with another value or option, which keep their place.
 */
export type FlagChange =
  | {
      readonly kind: "fixed-change";
      readonly source: string;
      readonly without?: readonly FlagName[];
      readonly flags?: readonly FixedFlag[];
      readonly bitsShift?: number;
    }
  | {
      readonly kind: "enum-change";
      readonly source: string;
      readonly without?: readonly FlagName[];
      readonly flags?: readonly EnumFlag[];
    };

/**
 * The table of a header from the one before it and what it changes.
 * @throws when the change is to the other kind of table, or takes away a flag that is not there
 */
export function tableAfter(before: FlagTable, change: FlagTable | FlagChange): FlagTable {
  switch (change.kind) {
    case "fixed":
    case "enum":
      return change;
    case "fixed-change": {
      if (before.kind !== "fixed") throw new Error("An enum's flags have no values to change.");
      const { source, bitsShift = before.bitsShift } = change;
      return { ...before, source, bitsShift, flags: flagsAfter(before.flags, change.without, change.flags) };
    }
    case "enum-change":
      if (before.kind !== "enum") throw new Error("Flags with values of their own have no places to change.");
      return { ...before, source: change.source, flags: flagsAfter(before.flags, change.without, change.flags) };
  }
}

function flagsAfter<Entry extends FixedFlag | EnumFlag>(
  before: readonly Entry[],
  without: readonly FlagName[] = [],
  changed: readonly Entry[] = [],
): readonly Entry[] {
  const gone = new Set<FlagName | null>(without);
  for (const flag of without)
    if (!before.some((entry) => entry.flag === flag)) throw new Error(`There is no __GFP_${flag} to take away.`);
  const kept = before.filter(({ flag }) => !gone.has(flag));
  const replaced = kept.map((entry) => changed.find(({ flag }) => flag !== null && flag === entry.flag) ?? entry);
  return [...replaced, ...changed.filter((entry) => !replaced.includes(entry))];
}
