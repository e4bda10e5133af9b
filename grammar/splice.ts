/**
 * A copy of a list with [start, end) replaced, mostly few entries among many that stay. Where as many come as go, which
 * is so for almost every keystroke, it is copied once and nothing is made between.
 */
export function splice<Entry>(list: readonly Entry[], start: number, end: number, fresh: readonly Entry[]): Entry[] {
  if (end - start !== fresh.length) return list.slice(0, start).concat(fresh, list.slice(end));
  const copied = list.slice();
  fresh.forEach((entry, i) => {
    copied[start + i] = entry;
  });
  return copied;
}
