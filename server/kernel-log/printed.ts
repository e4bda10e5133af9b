/** Where a piece of text stands in the log: line and column count from 0, columns in UTF-16 units, as in LSP. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** Of a text that was broken over two lines: the length of its first part. */
  readonly length: number;
}

/** A text of the log, as it is printed there. */
export interface PrintedText {
  readonly text: string;
  readonly place: Place;
}

/**
 * A number of the log. `value` is exact up to 2^53; a kernel that counted below zero prints larger ones, of which
 * `text` has every digit.
 */
export interface PrintedNumber extends PrintedText {
  readonly value: number;
}

/** One value of a line such as `free:3508kB`. */
export interface Field {
  /** As printed: `free`, `isolated(anon)`. */
  readonly name: string;
  readonly value: PrintedNumber;
  /** `kB` where it says so (`KB` too), else a count: of pages, as a rule. */
  readonly unit: "kB" | "count";
}

/** A stretch of a line of the log within a logical line: a line that a terminal or a mail broke has several. */
export interface Piece {
  /** Where it begins in the logical line. */
  readonly at: number;
  readonly line: number;
  readonly column: number;
}

/**
 * One line as the kernel printed it, without what loggers put before it, and put together again where it was broken.
 */
export interface LogLine {
  readonly text: string;
  /** In order, the first at 0. */
  readonly pieces: readonly Piece[];
}

/** The place of [at, at + length) of a line; of a broken text its first part. */
export function placeIn(line: LogLine, at: number, length: number): Place {
  let piece = line.pieces[0];
  let end = line.text.length;
  for (const next of line.pieces.slice(1)) {
    if (next.at > at) {
      end = next.at;
      break;
    }
    piece = next;
  }
  if (piece === undefined) return { line: 0, column: 0, length: 0 };
  return { line: piece.line, column: piece.column + at - piece.at, length: Math.max(0, Math.min(length, end - at)) };
}

/** [at, at + length) of a line as a text with its place. */
export function textIn(line: LogLine, at: number, text: string): PrintedText {
  return { text, place: placeIn(line, at, text.length) };
}

/** No kernel prints a larger number. */
const LARGEST = 2 ** 64;

function inRange(text: string): number {
  return Math.max(-LARGEST, Math.min(LARGEST, Number(text)));
}

/** Digits, or a hexadecimal number with 0x, as a number with its place. */
export function numberIn(line: LogLine, at: number, text: string): PrintedNumber {
  return { text, value: inRange(text), place: placeIn(line, at, text.length) };
}

/** What a named group of a match made with the flag `d` holds; null where the group took no part. */
export function groupText(line: LogLine, match: RegExpExecArray, group: string): PrintedText | null {
  const text = match.groups?.[group];
  const span = match.indices?.groups?.[group];
  return text === undefined || span === undefined ? null : textIn(line, span[0], text);
}

/** The same as a number. */
export function groupNumber(line: LogLine, match: RegExpExecArray, group: string): PrintedNumber | null {
  const printed = groupText(line, match, group);
  return printed === null || !/^(?:-?\d+|0x[0-9a-fA-F]+)$/.test(printed.text)
    ? null
    : { ...printed, value: inRange(printed.text) };
}

// `0kB`, `0KB`, `: 0kB` of the huge page counts; a number must end where a token ends, or it may have been cut.
const FIELD = /(?<![\w)-])([A-Za-z_][\w-]*(?:\([a-z]+\))?):\s?(\d+)(kB|KB)?(?=[\s,]|$)/g;

/** Every complete value of a line from `from` on. A value that is cut off is not one. */
export function fieldsIn(line: LogLine, from = 0): readonly Field[] {
  const fields: Field[] = [];
  for (const match of line.text.slice(from).matchAll(FIELD)) {
    const [all, name = "", digits = "", unit] = match;
    const at = from + match.index + all.length - digits.length - (unit ?? "").length;
    fields.push({ name, value: numberIn(line, at, digits), unit: unit === undefined ? "count" : "kB" });
  }
  return fields;
}
