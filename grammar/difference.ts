/** How two lists differ: equal up to `start`, equal again from `oldEnd` and `newEnd`. */
export interface Difference {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

type List = readonly unknown[];

/** How a list differs from the one that it was compared with last: who edits knows, and several ask. */
const last = new WeakMap<List, { readonly before: WeakRef<List>; readonly difference: Difference }>();

/** How two lists differ, neither of which changes any more: it is found once. */
export function differenceOf(before: List, after: List): Difference {
  const known = noted(before, after);
  if (known !== null) return known;
  const undone = noted(after, before);
  const difference =
    undone === null
      ? differenceIn(before, after)
      : { start: undone.start, oldEnd: undone.newEnd, newEnd: undone.oldEnd };
  note(before, after, difference);
  return difference;
}

/** Notes that two lists are equal up to `start`, and from `oldEnd` of the first on with the end of the other. */
export function noteDifference(before: List, after: List, start: number, oldEnd: number): void {
  note(before, after, differenceIn(before, after, start, before.length - oldEnd));
}

/** How two lists differ that have so many entries in common at their beginnings and ends, or more. */
export function differenceIn(before: List, after: List, head = 0, end = 0): Difference {
  const shorter = Math.min(before.length, after.length);
  let start = Math.min(head, shorter);
  while (start < shorter && before[start] === after[start]) start++;
  let tail = Math.min(end, shorter - start);
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, oldEnd: before.length - tail, newEnd: after.length - tail };
}

function noted(before: List, after: List): Difference | null {
  const known = last.get(after);
  return known?.before.deref() === before ? known.difference : null;
}

function note(before: List, after: List, difference: Difference): void {
  // Weak: each text would keep the one before it, and so all.
  last.set(after, { before: new WeakRef(before), difference });
}
