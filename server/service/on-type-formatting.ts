import type { Span } from "../../grammar/ast.ts";
import { bareRegion, format, parseFile, tokenize } from "../../grammar/index.ts";
import { lineChanges } from "../../grammar/line-changes.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Change } from "./actions.ts";
import { regionAt } from "./regions.ts";

/** After these characters an editor asks. */
export const FORMATTED_AFTER: readonly string[] = ["}", ")", "\n"];

/**
 * What is to be done once a closing brace, a closing parenthesis or the end of a line is typed that ends at `offset`.
 * Those that an editor wrote by itself, braces on the next lines or a parenthesis that went there with the cursor, go,
 * for they have just been written by hand; and a declaration of several lines that a brace closes is formatted. The
 * end of a line stands for the brace before it where such braces are still there: whoever types fast was not answered.
 * No change touches what was typed: an editor may join two that meet, and the cursor would go with them.
 */
export function onTypeFormattingOf(file: SourceFile, offset: number): readonly Change[] {
  const typed = file.text[offset - 1];
  if (typed === "}" || typed === ")") return closed(file, offset, offset);
  const brace = braceOfLineBefore(file.text, offset);
  const changes = brace === null ? [] : closed(file, brace, offset);
  return changes.some(({ end }) => end > offset) ? changes : [];
}

/** Where the brace ends with which the line before the cursor's ends, if nothing but space is before the cursor. */
function braceOfLineBefore(text: string, cursor: number): number | null {
  const start = text.lastIndexOf("\n", cursor - 1);
  if (start < 0 || text.slice(start, cursor).trim() !== "") return null;
  const end = text.slice(text.lastIndexOf("\n", start - 1) + 1, start).trimEnd();
  return end.endsWith("}") ? text.lastIndexOf("}", start) + 1 : null;
}

/** What is to be done about the brace or parenthesis that ends at `end`, with the cursor there or on the next line. */
function closed(file: SourceFile, end: number, cursor: number): readonly Change[] {
  const placed = regionAt(file, end - 1);
  const typed = file.text[end - 1];
  if (placed === null || (typed !== "}" && typed !== ")")) return [];
  const depth = depthOf(file.text.slice(placed.start, end), typed);
  // In a comment or a string it closes nothing.
  if (depth === null) return [];
  const rest = (typed === "}" ? BRACES : PARENTHESES).exec(file.text.slice(cursor))?.[0] ?? "";
  const surplusEnd = cursor + surplusLength(rest, typed, depth);
  if (typed === ")" || depth > 0) return removed(cursor, surplusEnd);
  const lineStart = Math.max(end, file.text.lastIndexOf("\n", cursor - 1) + 1);
  return [...formattedDeclaration(file, placed.start, end), ...removed(lineStart, surplusEnd)];
}

/** How far those go of which nothing is open any more. */
function surplusLength(closings: string, closing: "}" | ")", depth: number): number {
  const pieces = closings.split(closing);
  const surplus = Math.max(0, pieces.length - 1 - depth);
  return pieces.slice(0, surplus).join("").length + surplus;
}

const removed = (start: number, end: number): readonly Change[] => (start === end ? [] : [{ start, end, text: "" }]);

/**
 * Formats the declaration of several lines that a region begins with and that ends at `end`, from its first line to the
 * brace, as if nothing else stood in the file: what does not may be damaged.
 */
function formattedDeclaration(file: SourceFile, regionStart: number, end: number): readonly Change[] {
  const item = onlyItem(file.text.slice(regionStart, end));
  if (item === null) return [];
  const start = Math.max(regionStart, file.text.lastIndexOf("\n", regionStart + item.start - 1) + 1);
  const text = file.text.slice(start, end);
  const formatted = format(text);
  if (!text.includes("\n") || formatted.kind === "damaged") return [];
  const body = formatted.text.slice(0, formatted.text.lastIndexOf("}"));
  return lineChanges(text.slice(0, -1), body).map((change) => ({
    ...change,
    start: start + change.start,
    end: start + change.end,
  }));
}

/** The one declaration of a text that ends with it. */
function onlyItem(text: string): Span | null {
  const [region, ...more] = parseFile(`${text}\n`).regions;
  const item = region?.item ?? null;
  return more.length === 0 && item?.end === text.length ? item : null;
}

/** What an editor has written behind the cursor by itself. */
const BRACES = /^[ \t]*(?:\r?\n[ \t]*\})+/;
const PARENTHESES = /^\)+/;

/** How many of a kind are open behind the last one of a text; null where the text does not end with one. */
function depthOf(text: string, closing: "}" | ")"): number | null {
  const opening = closing === "}" ? "{" : "(";
  let depth = 0;
  let last = -1;
  for (const { kind, start, end } of tokenize(bareRegion(text))) {
    if (kind !== "punctuation") continue;
    last = end;
    if (text[start] === opening) depth += 1;
    if (text[start] === closing) depth = Math.max(0, depth - 1);
  }
  return last === text.length ? depth : null;
}
