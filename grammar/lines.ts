/**
 * Where the lines of a text begin, to turn LSP positions (line, UTF-16 column) into offsets and back. A line ends with
 * `\n`, `\r\n` or a lone `\r`, as the protocol says.
 */
export interface Lines {
  /** The offset at which each line begins; the first is 0. */
  readonly starts: Uint32Array;
  /** Length of the text in UTF-16 units. */
  readonly length: number;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

const LF = 10;
const CR = 13;

/** The line starts of a whole text. */
export function linesOf(text: string): Lines {
  const found = startsWithin(text, 0, text.length);
  const starts = new Uint32Array(found.length + 1);
  starts.set(found, 1);
  return { starts, length: text.length };
}

/**
 * The line starts after [start, end) of the old text became `inserted`; `text` is the new text. Only the lines that the
 * edit touches are looked at, the others are moved.
 */
export function editLines(lines: Lines, start: number, end: number, inserted: string, text: string): Lines {
  // One unit more on either side: an edit can join or part a `\r\n`.
  const from = Math.max(0, start - 1);
  const oldTo = Math.min(lines.length, end + 1);
  const newTo = oldTo - (end - start) + inserted.length;
  const first = lowerBound(lines.starts, from + 1);
  const last = lowerBound(lines.starts, oldTo + 1);
  const between = startsWithin(text, from, newTo);
  const moved = inserted.length - (end - start);
  const starts = new Uint32Array(first + between.length + lines.starts.length - last);
  starts.set(lines.starts.subarray(0, first));
  starts.set(between, first);
  const tail = first + between.length;
  for (let at = last; at < lines.starts.length; at += 1) starts[tail + at - last] = (lines.starts[at] ?? 0) + moved;
  const edited: Lines = { starts, length: text.length };
  if (tail === last) edits.set(edited, { before: new WeakRef(lines), touched: touchedIn(lines, edited, first, last) });
  return edited;
}

/** What one edit of the text before did to its lines, where as many came as went. */
const edits = new WeakMap<Lines, { readonly before: WeakRef<Lines>; readonly touched: number | null }>();

/**
 * The one line in which two texts differ, by where their lines start: in all others each offset keeps its position, as
 * seen from the start of the line. Null where they differ otherwise. After a single edit that is known.
 */
export function touchedLine(before: Lines, now: Lines): number | null {
  if (before.starts.length !== now.starts.length) return null;
  const edit = edits.get(now);
  return edit?.before.deref() === before ? edit.touched : touchedIn(before, now, 1, now.starts.length);
}

/** The same of two that have the same starts before `from`, and from `to` on those that the lengths let expect. */
function touchedIn(before: Lines, now: Lines, from: number, to: number): number | null {
  const moved = now.length - before.length;
  let same = from;
  while (same < to && before.starts[same] === now.starts[same]) same += 1;
  for (let behind = same; behind < to; behind += 1)
    if ((now.starts[behind] ?? 0) - (before.starts[behind] ?? 0) !== moved) return null;
  return same === to && moved === 0 ? now.starts.length - 1 : same - 1;
}

/**
 * The offset of a position; a column beyond the line's end is the line's end, a line beyond the last the text's end,
 * one before the first its start.
 */
export function offsetAt(lines: Lines, position: Position, text: string): number {
  if (position.line < 0) return 0;
  const start = lines.starts[position.line];
  if (start === undefined) return lines.length;
  let end = lines.starts[position.line + 1] ?? lines.length;
  const wanted = start + Math.max(0, position.character);
  if (wanted < end) return wanted;
  if (end > start && text.charCodeAt(end - 1) === LF && position.line + 1 < lines.starts.length) end -= 1;
  if (end > start && text.charCodeAt(end - 1) === CR && position.line + 1 < lines.starts.length) end -= 1;
  return Math.min(wanted, end);
}

/** The position of an offset; offsets outside of the text are moved to its ends. */
export function positionAt(lines: Lines, offset: number): Position {
  const at = Math.min(Math.max(0, offset), lines.length);
  const line = lowerBound(lines.starts, at + 1) - 1;
  return { line, character: at - (lines.starts[line] ?? 0) };
}

/** The starts of lines whose terminator ends in (from, to]. */
function startsWithin(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  const piece = text.slice(from, to);
  if (!piece.includes("\r")) {
    for (let at = piece.indexOf("\n"); at >= 0; at = piece.indexOf("\n", at + 1)) starts.push(from + at + 1);
    return starts;
  }
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) starts.push(at + 1);
  }
  return starts;
}

/** The index of the first element that is not below `value`. */
function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
