import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { linesOf, type Position } from "../../grammar/lines.ts";

const CARRIAGE_RETURN = 13;

/**
 * A text as its lines, each with the characters that end it: many changes one after the other cost each its own lines,
 * and not a text.
 */
export class LineBuffer {
  #lines: string[];

  constructor(text: string) {
    this.#lines = split(text);
  }

  get text(): string {
    return this.#lines.join("");
  }

  /** Positions mean what they mean to `offsetAt`. */
  apply(change: TextDocumentContentChangeEvent): void {
    if (!("range" in change)) {
      this.#lines = split(change.text);
      return;
    }
    const ends = [this.#place(change.range.start), this.#place(change.range.end)] as const;
    const [from, to] = isBefore(ends[1], ends[0]) ? [ends[1], ends[0]] : ends;
    if (!this.#applyWithin(from, to, change.text)) this.#applyAcross(from, to, change.text);
  }

  /** A change of what stands in one line, as most are; whether it is one. */
  #applyWithin(from: Position, to: Position, inserted: string): boolean {
    if (from.line !== to.line || inserted.includes("\n") || inserted.includes("\r")) return false;
    const line = this.#line(from.line);
    const before = line.slice(0, from.character) + inserted;
    const behind = line.slice(to.character);
    // It may have taken what ends the line, parted that, or left nothing else.
    if (behind === "" || before === "" || line.charCodeAt(from.character - 1) === CARRIAGE_RETURN) return false;
    this.#lines[from.line] = before + behind;
    return true;
  }

  #applyAcross(from: Position, to: Position, inserted: string): void {
    let first = from.line;
    let last = to.line;
    let text = this.#line(first).slice(0, from.character) + inserted + this.#line(last).slice(to.character);
    // A line's end may have been parted, or two halves of one joined.
    if (text.startsWith("\n") && first > 0 && this.#line(first - 1).endsWith("\r")) text = this.#line(--first) + text;
    if (text.endsWith("\r") && last + 1 < this.#lines.length && this.#line(last + 1).startsWith("\n"))
      text += this.#line(++last);
    const fresh = split(text);
    if (last + 1 < this.#lines.length) {
      // What follows begins a line of its own, or goes on with the last one.
      if (fresh.at(-1) === "") fresh.pop();
      else if (!/[\r\n]$/.test(text)) fresh.push((fresh.pop() ?? "") + this.#line(++last));
    }
    this.#lines.splice(first, last - first + 1, ...fresh);
  }

  #line(index: number): string {
    return this.#lines[index] ?? "";
  }

  #place({ line, character }: Position): Position {
    const last = this.#lines.length - 1;
    if (line > last) return { line: last, character: this.#line(last).length };
    if (line < 0) return { line: 0, character: 0 };
    const text = this.#line(line);
    const wanted = Math.max(0, character);
    if (wanted < text.length) return { line, character: wanted };
    const end = line < last ? text.replace(/\r?\n$|\r$/, "").length : text.length;
    return { line, character: Math.min(wanted, end) };
  }
}

function isBefore(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

function split(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  if (!text.includes("\r")) {
    for (let end = text.indexOf("\n") + 1; end > 0; end = text.indexOf("\n", start) + 1) {
      lines.push(text.slice(start, end));
      start = end;
    }
    lines.push(text.slice(start));
    return lines;
  }
  // Of a whole text nothing has moved.
  for (const end of linesOf(text).kept.subarray(1)) {
    lines.push(text.slice(start, end));
    start = end;
  }
  lines.push(text.slice(start));
  return lines;
}
