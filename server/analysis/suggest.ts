/** The candidates nearest to a name that does not exist, best first, at most three; near enough to be what was meant. */
export function nearest(name: string, candidates: Iterable<string>): readonly string[] {
  const wanted = plain(name);
  const limit = Math.min(3, Math.floor(wanted.length / 3));
  const found: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const other = plain(candidate);
    if (Math.abs(other.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, other, limit);
    if (distance <= limit) found.push({ candidate, distance });
  }
  found.sort((a, b) => a.distance - b.distance || Math.abs(a.candidate.length - name.length) - Math.abs(b.candidate.length - name.length) || (a.candidate < b.candidate ? -1 : 1));
  const best = found[0]?.distance ?? 0;
  return found.filter(({ distance }) => distance <= best + 1).slice(0, 3).map(({ candidate }) => candidate);
}

/** What names are compared by: case, leading underscores and the `GFP_` of a flag do not count. */
function plain(name: string): string {
  return name.toLowerCase().replace(/^_+/, "").replace(/^gfp_/, "");
}

/** Longest name that is compared: longer ones are no misspelling of anything. */
const LONGEST = 64;

/** Insertions, deletions, replacements and swaps of neighbours; above `limit` any larger number. */
export function editDistance(a: string, b: string, limit: number): number {
  if (a.length > LONGEST || b.length > LONGEST) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}
