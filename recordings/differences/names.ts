import type { Row } from "../../conformance/row.ts";
import { numberOf, textOf } from "../../conformance/row.ts";

/** Bit -> name, of a kernel's masks or of its allocation flags. */
export type BitNames = ReadonlyMap<number, string>;

export interface KernelNames {
  readonly gfp: BitNames;
  readonly alloc: BitNames;
}

const isBit = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

/** The names that a recording's `const` rows give to single bits; none when it has no such rows. */
export function namesOf(rows: readonly Row[]): KernelNames {
  const gfp = new Map<number, string>();
  const alloc = new Map<number, string>();
  for (const row of rows) {
    if (textOf(row, "kind") !== "const") continue;
    const name = textOf(row, "name");
    const value = numberOf(row, "dec") ?? 0;
    if (!isBit(value)) continue;
    if (/^__GFP_/.test(name) && !gfp.has(value)) gfp.set(value, name);
    // The lowest two bits choose a watermark: a number, not flags.
    if (/^ALLOC_(?!WMARK_)/.test(name) && value > WATERMARK_BITS && !alloc.has(value)) alloc.set(value, name);
  }
  return { gfp, alloc };
}

/** The names of one bit set that the other does not have. */
const foreign = (own: BitNames, other: BitNames): readonly string[] => {
  const names = new Set(other.values());
  return [...own.values()].filter((name) => !names.has(name));
};

const silenced = (own: BitNames, other: BitNames): BitNames => {
  const names = new Set(foreign(own, other));
  return new Map([...own].map(([bit, name]) => [bit, names.has(name) ? NO_NAME : name]));
};

/** Stands for a bit that is passed over. */
const NO_NAME = "";

/** The names of two kernels without those that only one has: a flag that came or went is no difference of a call's. */
export function sharedNames(a: KernelNames, b: KernelNames): readonly [KernelNames, KernelNames] {
  // A recording without constants names nothing, and masks are compared as they are.
  const both = (own: BitNames, other: BitNames): BitNames => (other.size === 0 ? own : silenced(own, other));
  return [
    { gfp: both(a.gfp, b.gfp), alloc: both(a.alloc, b.alloc) },
    { gfp: both(b.gfp, a.gfp), alloc: both(b.alloc, a.alloc) },
  ];
}

/** The flags that only the first kernel has. */
export const ownNames = (a: KernelNames, b: KernelNames): readonly string[] =>
  b.gfp.size === 0 ? [] : [...foreign(a.gfp, b.gfp), ...foreign(a.alloc, b.alloc)];

const WATERMARK_BITS = 3;
const WATERMARKS = ["ALLOC_WMARK_MIN", "ALLOC_WMARK_LOW", "ALLOC_WMARK_HIGH", "ALLOC_WMARK_3"] as const;

/** The names of a mask's bits, in the order of the bits; a bit without a name in hexadecimal. */
export function bitNames(value: number, names: BitNames): readonly string[] {
  return Array.from({ length: 32 }, (_, at) => (value & (1 << at)) >>> 0)
    .filter((bit) => bit !== 0)
    .map((bit) => names.get(bit) ?? `0x${bit.toString(16)}`)
    .filter((name) => name !== NO_NAME);
}

/** Allocation flags as names: the watermark, then the bits. */
export const allocNames = (value: number, names: BitNames): readonly string[] => [
  WATERMARKS[value & WATERMARK_BITS] ?? "",
  ...bitNames(value & ~WATERMARK_BITS, names),
];

/** What one list has and the other has not: `+__GFP_HIGH -__GFP_IO`; "" when they are alike. */
export function delta(before: readonly string[], after: readonly string[]): string {
  return [
    ...after.filter((name) => !before.includes(name)).map((name) => `+${name}`),
    ...before.filter((name) => !after.includes(name)).map((name) => `-${name}`),
  ].join(" ");
}
