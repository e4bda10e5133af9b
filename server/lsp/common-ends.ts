/** How many entries two lists have in common at their beginnings, and of the others at their ends. */
export function commonEnds(
  one: readonly unknown[],
  other: readonly unknown[],
): { readonly head: number; readonly tail: number } {
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  return { head, tail };
}
