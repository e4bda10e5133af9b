import type { Region } from "../../../grammar/source-file.ts";

/** How two lists of regions differ: equal up to `start`, equal again from `oldEnd` and `newEnd`. */
export interface Difference {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

export function differenceOf(before: readonly Region[], after: readonly Region[]): Difference {
  const known = last.get(after);
  if (known?.before.deref() === before) return known.difference;
  const difference = differenceIn(before, after);
  // Weak: each text would keep the one before it, and so all.
  last.set(after, { before: new WeakRef(before), difference });
  return difference;
}

/** What was asked last of each: several ask about the same edit. */
const last = new WeakMap<
  readonly Region[],
  { readonly before: WeakRef<readonly Region[]>; readonly difference: Difference }
>();

function differenceIn(before: readonly Region[], after: readonly Region[]): Difference {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, oldEnd: before.length - tail, newEnd: after.length - tail };
}
