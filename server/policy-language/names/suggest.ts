/** Names to choose from, prepared once for each list: what they are compared by, sorted by its length. */
interface Prepared {
  readonly byLength: ReadonlyMap<number, readonly Candidate[]>;
}

interface Candidate {
  readonly candidate: string;
  readonly plain: string;
  /** Which characters it has, see `charactersOf`. */
  readonly characters: number;
}

const prepared = new WeakMap<readonly string[], Prepared>();

function prepare(candidates: readonly string[]): Prepared {
  const known = prepared.get(candidates);
  if (known !== undefined) return known;
  const byLength = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const text = plain(candidate);
    const same = byLength.get(text.length);
    const entry = { candidate, plain: text, characters: charactersOf(text) };
    if (same === undefined) byLength.set(text.length, [entry]);
    else same.push(entry);
  }
  const made = { byLength };
  prepared.set(candidates, made);
  return made;
}

/**
 * The candidates nearest to a name that does not exist, best first, at most three; near enough to be what was meant.
 */
export function nearest(name: string, ...lists: readonly (readonly string[])[]): readonly string[] {
  const wanted = plain(name);
  if (wanted.length > LONGEST) return [];
  const limit = Math.min(3, Math.floor(wanted.length / 3));
  const found = new Map<string, number>();
  const characters = charactersOf(wanted);
  for (const list of lists) {
    const { byLength } = prepare(list);
    for (let length = wanted.length - limit; length <= wanted.length + limit; length++) {
      for (const { candidate, plain: other, characters: others } of byLength.get(length) ?? []) {
        // One edit takes at most one character away and brings another.
        if (candidate === name || ones(characters ^ others) > 2 * limit) continue;
        const distance = editDistance(wanted, other, limit);
        if (distance <= limit) found.set(candidate, distance);
      }
    }
  }
  const sorted = [...found].sort(
    ([a, near], [b, far]) =>
      near - far || Math.abs(a.length - name.length) - Math.abs(b.length - name.length) || (a < b ? -1 : 1),
  );
  const best = sorted[0]?.[1] ?? 0;
  return sorted
    .filter(([, distance]) => distance <= best + 1)
    .slice(0, 3)
    .map(([candidate]) => candidate);
}

/** The characters of a text as bits: different texts may share them, equal ones do. */
function charactersOf(text: string): number {
  let characters = 0;
  for (let i = 0; i < text.length; i++) characters |= 1 << (text.charCodeAt(i) & 31);
  return characters;
}

/** How many bits are set. */
function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** What names are compared by: case, leading underscores and the `GFP_` of a flag do not count. */
function plain(name: string): string {
  return name.toLowerCase().replace(/^_+/, "").replace(/^gfp_/, "");
}

/** Longest name that is compared: longer ones are no misspelling of anything. */
const LONGEST = 64;

/** Insertions, deletions, replacements and swaps of neighbours; above `limit` any larger number. */
function editDistance(a: string, b: string, limit: number): number {
  if (a.length > LONGEST || b.length > LONGEST) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}
