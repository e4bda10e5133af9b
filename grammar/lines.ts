/**
 * Where the lines of a text begin, to turn LSP positions (line, UTF-16 column) into offsets and back. A line ends with
 * `\n`, `\r\n` or a lone `\r`, as the protocol says.
 */
export interface Lines {
  /** The offset at which each line begins, but for how far the last of them have moved; the first is 0. */
  readonly kept: Int32Array;
  /** From this line on each begins so much behind what is kept: what is typed into one line moves all that follow. */
  readonly movedFrom: number;
  readonly moved: number;
  /** Length of the text in UTF-16 units. */
  readonly length: number;
}

/** The offset at which a line begins; undefined where there is no such line. */
export function startOf({ kept, movedFrom, moved }: Lines, line: number): number | undefined {
  const start = kept[line];
  return start === undefined || line < movedFrom ? start : start + moved;
}

/** How many lines there are. */
export const lineCount = ({ kept }: Lines): number => kept.length;

export interface Position {
  readonly line: number;
  readonly character: number;
}

const LF = 10;
const CR = 13;

/** The line starts of a whole text. */
export function linesOf(text: string): Lines {
  const found = startsWithin(text, 0, text.length);
  const kept = new Int32Array(found.length + 1);
  kept.set(found, 1);
  return { kept, movedFrom: kept.length, moved: 0, length: text.length };
}

/**
 * The line starts after [start, end) of the old text became `inserted`; `text` is the new text. Only the lines that the
 * edit touches are looked at, and those between this edit and the one before it.
 */
export function editLines(lines: Lines, start: number, end: number, inserted: string, text: string): Lines {
  // One unit more on either side: an edit can join or part a `\r\n`.
  const from = Math.max(0, start - 1);
  const oldTo = Math.min(lines.length, end + 1);
  const newTo = oldTo - (end - start) + inserted.length;
  const first = lowerBound(lines, from + 1);
  const last = lowerBound(lines, oldTo + 1);
  const between = startsWithin(text, from, newTo);
  const kept = withBetween(lines, first, last, between);
  const movedFrom = first + between.length;
  const moved = lines.moved + inserted.length - (end - start);
  const edited: Lines = { kept, movedFrom, moved, length: text.length };
  if (movedFrom === last)
    edits.set(edited, { before: new WeakRef(lines), touched: touchedIn(lines, edited, first, last) });
  return edited;
}

/** What is kept where the lines from `first` to `last` begin at other places, and all behind have moved. */
function withBetween(
  { kept, movedFrom, moved }: Lines,
  first: number,
  last: number,
  between: readonly number[],
): Int32Array {
  if (first === last && between.length === 0 && (moved === 0 || movedFrom === last)) return kept;
  const grown = between.length - (last - first);
  const made = new Int32Array(kept.length + grown);
  made.set(kept.subarray(0, first));
  made.set(between, first);
  made.set(kept.subarray(last), last + grown);
  // Those before have moved for good, and those behind no farther than the others will.
  for (let line = movedFrom; line < first; line += 1) made[line] = (made[line] ?? 0) + moved;
  for (let line = last; line < movedFrom; line += 1) made[line + grown] = (made[line + grown] ?? 0) - moved;
  return made;
}

/** What one edit of the text before did to its lines, where as many came as went. */
const edits = new WeakMap<Lines, { readonly before: WeakRef<Lines>; readonly touched: number | null }>();

/**
 * The one line in which two texts differ, by where their lines start: in all others each offset keeps its position, as
 * seen from the start of the line. Null where they differ otherwise. After a single edit that is known.
 */
export function touchedLine(before: Lines, now: Lines): number | null {
  if (lineCount(before) !== lineCount(now)) return null;
  const edit = edits.get(now);
  return edit?.before.deref() === before ? edit.touched : touchedIn(before, now, 1, lineCount(now));
}

/** The same of two that have the same starts before `from`, and from `to` on those that the lengths let expect. */
function touchedIn(before: Lines, now: Lines, from: number, to: number): number | null {
  const moved = now.length - before.length;
  let same = from;
  while (same < to && startOf(before, same) === startOf(now, same)) same += 1;
  for (let behind = same; behind < to; behind += 1)
    if ((startOf(now, behind) ?? 0) - (startOf(before, behind) ?? 0) !== moved) return null;
  return same === to && moved === 0 ? lineCount(now) - 1 : same - 1;
}

/**
 * The offset of a position; a column beyond the line's end is the line's end, a line beyond the last the text's end,
 * one before the first its start.
 */
export function offsetAt(lines: Lines, position: Position, text: string): number {
  if (position.line < 0) return 0;
  const start = startOf(lines, position.line);
  if (start === undefined) return lines.length;
  let end = startOf(lines, position.line + 1) ?? lines.length;
  const wanted = start + Math.max(0, position.character);
  if (wanted < end) return wanted;
  if (end > start && text.charCodeAt(end - 1) === LF && position.line + 1 < lineCount(lines)) end -= 1;
  if (end > start && text.charCodeAt(end - 1) === CR && position.line + 1 < lineCount(lines)) end -= 1;
  return Math.min(wanted, end);
}

/**
 * The position of an offset; offsets outside of the text are moved to its ends.
 * @param near a line at or before the offset, from which on it is looked for first
 */
export function positionAt(lines: Lines, offset: number, near = -1): Position {
  const at = Math.min(Math.max(0, offset), lines.length);
  const line = lineNear(lines, at, near) ?? lowerBound(lines, at + 1) - 1;
  return { line, character: at - (startOf(lines, line) ?? 0) };
}

/** So many lines are tried one after the other. */
const NEAR = 4;

/** The line of an offset, where it is one of the next from a line on. */
function lineNear(lines: Lines, offset: number, from: number): number | null {
  if (from < 0 || (startOf(lines, from) ?? offset + 1) > offset) return null;
  for (let line = from; line < from + NEAR; line += 1)
    if ((startOf(lines, line + 1) ?? Number.POSITIVE_INFINITY) > offset) return line;
  return null;
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

/** The first line that does not begin before an offset. */
function lowerBound(lines: Lines, offset: number): number {
  let low = 0;
  let high = lineCount(lines);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((startOf(lines, middle) ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
