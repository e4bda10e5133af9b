/** Names to choose from, prepared once for each list: in the order of what they are compared by. */
interface Prepared {
  readonly candidates: readonly Candidate[];
  /** How many characters each begins with that the one before it begins with too. */
  readonly shared: Uint8Array;
  /** The next that shares fewer characters than this one with the one before it. */
  readonly nextLess: Int32Array;
}

interface Candidate {
  readonly candidate: string;
  readonly plain: string;
}

const prepared = new WeakMap<readonly string[], Prepared>();

function prepare(list: readonly string[]): Prepared {
  const known = prepared.get(list);
  if (known !== undefined) return known;
  const candidates = list
    .map((candidate): Candidate => ({ candidate, plain: plain(candidate) }))
    .filter((candidate) => candidate.plain.length <= LONGEST)
    .sort((a, b) => (a.plain < b.plain ? -1 : a.plain > b.plain ? 1 : 0));
  const shared = new Uint8Array(candidates.length);
  for (let i = 1; i < candidates.length; i++)
    shared[i] = sharedStart(candidates[i - 1]?.plain ?? "", candidates[i]?.plain ?? "");
  const nextLess = new Int32Array(candidates.length);
  for (let i = candidates.length - 1; i >= 0; i--) {
    let next = i + 1;
    while (next < candidates.length && (shared[next] ?? 0) >= (shared[i] ?? 0)) next = nextLess[next] ?? next + 1;
    nextLess[i] = next;
  }
  const made = { candidates, shared, nextLess };
  prepared.set(list, made);
  return made;
}

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
}

/**
 * The candidates nearest to a name that does not exist, best first, at most three; near enough to be what was meant.
 */
export function nearest(name: string, ...lists: readonly (readonly string[])[]): readonly string[] {
  const wanted = plain(name);
  if (wanted.length > LONGEST) return [];
  const limit = Math.min(MOST_EDITS, Math.floor(wanted.length / 3));
  const found = new Map<string, number>();
  for (const list of lists) addNear(prepare(list), name, wanted, limit, found);
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

/** What names are compared by: case, leading underscores and the `GFP_` of a flag do not count. */
function plain(name: string): string {
  return name.toLowerCase().replace(/^_+/, "").replace(/^gfp_/, "");
}

/** Longest name that is compared: longer ones are no misspelling of anything. */
const LONGEST = 64;

const MOST_EDITS = 3;
const WIDTH = LONGEST + 2;

/** The edits between the first characters of a candidate (rows) and those of the name (columns). */
const table = new Uint8Array((LONGEST + 1) * WIDTH);
for (let column = 0; column < WIDTH; column++) table[column] = column;

/**
 * The candidates that so many insertions, deletions, replacements and swaps of neighbours make the name of. Those that
 * begin alike are compared together: where the beginning is too far away, they all are.
 */
function addNear(
  { candidates, shared, nextLess }: Prepared,
  name: string,
  wanted: string,
  limit: number,
  found: Map<string, number>,
): void {
  /** Rows that are those of the candidate before; from `tooFar` characters on it was too far away. */
  let rows = 0;
  let tooFar = Infinity;
  for (let i = 0; i < candidates.length; i++) {
    while (i < candidates.length && (shared[i] ?? 0) >= tooFar) i = nextLess[i] ?? candidates.length;
    tooFar = Infinity;
    rows = Math.min(rows, shared[i] ?? 0);
    const entry = candidates[i];
    if (entry === undefined || Math.abs(entry.plain.length - wanted.length) > limit) continue;
    while (rows < entry.plain.length && tooFar === Infinity) {
      rows++;
      if (fillRow(rows, entry.plain, wanted, limit) > limit) tooFar = rows;
    }
    const distance = table[rows * WIDTH + wanted.length] ?? 0;
    if (tooFar === Infinity && distance <= limit && entry.candidate !== name) found.set(entry.candidate, distance);
  }
}

/** Fills a row as far as it can be within the limit, from the two above it; gives the least in it. */
function fillRow(row: number, candidate: string, wanted: string, limit: number): number {
  const at = row * WIDTH;
  const from = Math.max(1, row - limit);
  const to = Math.min(wanted.length, row + limit);
  const own = candidate.charCodeAt(row - 1);
  const before = row > 1 ? candidate.charCodeAt(row - 2) : -1;
  const far = limit + 1;
  let left = from === 1 ? Math.min(row, far) : far;
  let least = left;
  table[at + from - 1] = left;
  for (let column = from; column <= to; column++) {
    const other = wanted.charCodeAt(column - 1);
    const above = at - WIDTH + column;
    let cost = Math.min(left + 1, (table[above] ?? 0) + 1, (table[above - 1] ?? 0) + (own === other ? 0 : 1));
    if (before === other && column > 1 && own === wanted.charCodeAt(column - 2))
      cost = Math.min(cost, (table[above - WIDTH - 2] ?? 0) + 1);
    left = Math.min(cost, far);
    table[at + column] = left;
    if (left < least) least = left;
  }
  if (to < WIDTH - 1) table[at + to + 1] = far;
  return least;
}
