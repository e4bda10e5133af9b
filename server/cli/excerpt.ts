import { startOf, type Lines } from "../../grammar/lines.ts";
import type { Range } from "./report.ts";
import { visible } from "../service/visible.ts";

/** A line of a source with a mark below what is meant. */
export interface Excerpt {
  /** Of the line, counted from 1. */
  readonly number: string;
  /** As it may be shown: cut to its columns, tabs as blanks. */
  readonly line: string;
  /** `^~~~`, below the marked text. */
  readonly marks: string;
}

const TAB = 8;
/** What stands left of a line: its number. */
const MARGIN = 8;

/** The first line of a range; what of it lies beyond the columns is cut on both sides of what is marked. */
export function excerptOf(text: string, lines: Lines, { start, end }: Range, columns: number): Excerpt {
  const from = startOf(lines, start.line) ?? 0;
  const to = startOf(lines, start.line + 1) ?? text.length;
  const written = text.slice(from, to).replace(/[\r\n]+$/, "");
  const last = end.line === start.line ? end.character : written.length;
  const before = shown(written.slice(0, start.character), 0);
  const marked = shown(written.slice(start.character, last), widthOf(before));
  const behind = shown(written.slice(last), widthOf(before) + widthOf(marked));
  const room = Math.max(20, columns - MARGIN);
  const left = cutLeft(
    before,
    Math.max(0, Math.min(widthOf(before), room - Math.min(widthOf(marked), room >> 1) - 10)),
  );
  const line = cutRight(left + marked + behind, room);
  const width = Math.max(1, Math.min(widthOf(marked), room - widthOf(left)));
  return { number: String(start.line + 1), line, marks: `${" ".repeat(widthOf(left))}^${"~".repeat(width - 1)}` };
}

/** Tabs as blanks up to the next stop, other controls as their numbers. */
function shown(text: string, column: number): string {
  let out = "";
  for (const piece of visible(text).split(/(\t)/))
    out += piece === "\t" ? " ".repeat(TAB - ((column + widthOf(out)) % TAB)) : piece;
  return out;
}

const CUT = "…";

function cutRight(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let out = "";
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width >= columns) break;
    out += character;
  }
  return out + CUT;
}

function cutLeft(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const characters = [...text];
  let width = 1;
  let at = characters.length;
  while (at > 0 && width + widthOf(characters[at - 1] ?? "") <= columns) {
    at -= 1;
    width += widthOf(characters[at] ?? "");
  }
  return CUT + characters.slice(at).join("");
}

/** Scripts and pictures that take two columns of a terminal, as Unicode's East Asian Width says in the large. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Characters that take none: they join the one before. */
const JOINED = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many columns of a terminal a text without tabs and controls takes. */
function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += JOINED.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}
