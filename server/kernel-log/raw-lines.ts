import type { LogLine } from "./printed.ts";

/** A line of the file. */
export interface RawLine {
  readonly text: string;
  readonly number: number;
  /** The file ends within it: its last word may be cut. */
  readonly isUnfinished: boolean;
}

/** What is kept of a line; a report has none that is longer, a binary file has. */
const MOST_CHARACTERS = 8192;

/**
 * Splits a text that comes in chunks into lines, at LF, CR LF and the CRs of serial consoles. What is longer than any
 * line of a report is cut.
 */
export class RawLines {
  readonly #take: (line: RawLine) => void;
  #rest = "";
  #number = 0;
  #isOverlong = false;

  constructor(take: (line: RawLine) => void) {
    this.#take = take;
  }

  push(chunk: string): void {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      this.#give(this.#rest + chunk.slice(start, end), false);
      this.#rest = "";
      this.#isOverlong = false;
      start = end + 1;
    }
    if (this.#isOverlong) return;
    this.#rest += chunk.slice(start, start + MOST_CHARACTERS - this.#rest.length);
    this.#isOverlong = this.#rest.length >= MOST_CHARACTERS;
  }

  end(): void {
    if (this.#rest !== "") this.#give(this.#rest, true);
    this.#rest = "";
  }

  #give(text: string, isUnfinished: boolean): void {
    const cut = text.length >= MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text;
    this.#take({
      text: cut.endsWith("\r") ? cut.replace(/\r+$/, "") : cut,
      number: this.#number++,
      isUnfinished: isUnfinished || cut.length < text.length,
    });
  }
}

/** Colours and the like (ECMA-48 sequences), as terminals and `dmesg --color` write them; syslog's escape of LF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences begin with ESC.
const NOT_TEXT = /\u001b\[[0-9;:?]*[ -/]*[@-~]|\u001b[@-Z\\^_]|#012|#033\[[0-9;]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, in a line of mail that is still encoded.
const NOT_TEXT_IN_MAIL = /\u001b\[[0-9;:?]*[ -/]*[@-~]|\u001b[@-Z\\^_]|#012|#033\[[0-9;]*m|=3D|=20|=09|=C2=A0/g;

/** What stands in their place: of signs that mail writes by their number (quoted-printable). */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ["=3D", "="],
  ["=20", " "],
  ["=09", " "],
  ["=C2=A0", " "],
]);

/**
 * The lines that a line of the file holds, without escape sequences: one, or more where syslog has written line ends as
 * `#012`. Their pieces tell where each part stands in the file.
 */
export function logLinesOf({ text: raw, number }: RawLine): readonly LogLine[] {
  // Mail programs keep columns with no-break spaces.
  const text = raw.includes("\u00a0") ? raw.replaceAll("\u00a0", " ") : raw;
  // In such a line every sign of equality is written by its number.
  const isEncoded = text.includes("=3D");
  if (!isEncoded && !text.includes("\u001b") && !text.includes("#0"))
    return [{ text, pieces: [{ at: 0, line: number, column: 0 }] }];
  const lines: { text: string; pieces: { at: number; line: number; column: number }[] }[] = [];
  let current = { text: "", pieces: [{ at: 0, line: number, column: 0 }] };
  let start = 0;
  for (const found of text.matchAll(isEncoded ? NOT_TEXT_IN_MAIL : NOT_TEXT)) {
    current.text += text.slice(start, found.index);
    start = found.index + found[0].length;
    const sign = SIGNS.get(found[0]) ?? "";
    if (sign !== "") {
      // The sign itself stands where its number begins.
      current.pieces.push({ at: current.text.length, line: number, column: found.index });
      current.text += sign;
    }
    const piece = { at: current.text.length, line: number, column: start };
    if (found[0] === "#012") {
      lines.push(current);
      current = { text: "", pieces: [{ ...piece, at: 0 }] };
    } else if (piece.at === 0) current.pieces = [piece];
    else current.pieces.push(piece);
  }
  current.text += text.slice(start);
  return [...lines, current];
}

/** Mail breaks what is longer than 76 characters with a sign of equality at the end of the line (quoted-printable). */
export function isSoftBreak({ text }: RawLine): boolean {
  return text.endsWith("=") && text.length >= 60 && text.length <= 78;
}

/** The line from `at` on. */
export function lineFrom(line: LogLine, at: number): LogLine {
  if (at === 0) return line;
  const later = line.pieces.filter((piece) => piece.at > at).map((piece) => ({ ...piece, at: piece.at - at }));
  const here = line.pieces.findLast((piece) => piece.at <= at) ?? { at: 0, line: 0, column: 0 };
  return {
    text: line.text.slice(at),
    pieces: [{ at: 0, line: here.line, column: here.column + at - here.at }, ...later],
  };
}

/**
 * Two parts of a line that was broken, with what stood between them: a blank that the first still has is not doubled.
 */
export function joined(first: LogLine, between: string, second: LogLine): LogLine {
  const added = between === " " && first.text.endsWith(" ") ? "" : between;
  const at = first.text.length + added.length;
  return {
    text: first.text + added + second.text,
    pieces: [...first.pieces, ...second.pieces.map((piece) => ({ ...piece, at: piece.at + at }))],
  };
}

/** The line without a last word that may be cut: what is complete ends in a unit or in a mark. */
export function withoutCutWord(line: LogLine): LogLine {
  if (/(?:kB|KB)$/.test(line.text.slice(-2))) return line;
  let end = line.text.length;
  while (end > 0 && !/[\s,()*=]/.test(line.text.charAt(end - 1))) end--;
  return { ...line, text: line.text.slice(0, end) };
}
