/** Lines of a text, [start, end), and what is to stand in their place. */
export interface LineChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Line {
  readonly text: string;
  readonly start: number;
}

/** The stretches of lines that differ, found by walking both texts to the next lines that agree but for white space. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  const from = linesOf(before);
  const to = linesOf(after);
  const changes: LineChange[] = [];
  let a = 0;
  let b = 0;
  while (a < from.length || b < to.length) {
    if (from[a]?.text === to[b]?.text) {
      a += 1;
      b += 1;
      continue;
    }
    const [nextA, nextB] = nextAgreement(from, to, a, b);
    const start = from[a]?.start ?? before.length;
    const end = from[nextA]?.start ?? before.length;
    changes.push({ start, end, text: after.slice(to[b]?.start ?? after.length, to[nextB]?.start ?? after.length) });
    a = nextA;
    b = nextB;
  }
  return changes;
}

/** How far a changed stretch is looked through for lines that agree again. */
const WINDOW = 32;

function nextAgreement(from: readonly Line[], to: readonly Line[], a: number, b: number): readonly [number, number] {
  for (let distance = 1; distance <= WINDOW; distance += 1) {
    for (let more = 0; more <= distance; more += 1) {
      const [i, j] = [a + more, b + distance - more];
      const line = from[i]?.text;
      if (line !== undefined && line === to[j]?.text && line.trim() !== "") return [i, j];
    }
  }
  return [from.length, to.length];
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found + 1;
    lines.push({ text: text.slice(start, end), start });
    start = end;
  }
  return lines;
}
