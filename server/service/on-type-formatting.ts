import { bareRegion, parseFile, tokenize } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Change } from "./actions.ts";
import { formattingOf } from "./formatting.ts";
import { regionAt } from "./regions.ts";

/** After these characters an editor asks. */
export const FORMATTED_AFTER: readonly string[] = ["}", ")"];

/**
 * What is to be done once a closing brace or parenthesis is typed that ends at `offset`. The one that an editor wrote
 * by itself, a brace on the next line or a parenthesis that went there with the cursor, goes, for it has just been
 * written by hand; and a declaration of several lines that a brace closes is formatted.
 */
export function onTypeFormattingOf(file: SourceFile, offset: number): readonly Change[] {
  const placed = regionAt(file, offset - 1);
  const typed = file.text[offset - 1];
  if (placed === null || (typed !== "}" && typed !== ")")) return [];
  const depth = depthOf(file.text.slice(placed.start, offset), typed);
  // In a comment or a string it closes nothing.
  if (depth === null) return [];
  const rest = (typed === "}" ? BRACES : PARENTHESES).exec(file.text.slice(offset))?.[0] ?? "";
  const closings = [...rest].filter((char) => char === typed).length;
  const surplus = closings > depth ? [{ start: offset, end: offset + rest.indexOf(typed) + 1, text: "" }] : [];
  return typed === ")" || depth > 0 ? surplus : [...formattedDeclaration(file, placed.start, offset), ...surplus];
}

/** Formats the declaration between two offsets, as if nothing else stood in the file: what does not may be damaged. */
function formattedDeclaration(file: SourceFile, start: number, end: number): readonly Change[] {
  const text = file.text.slice(start, end);
  const own = parseFile(`${text}\n`);
  const [region, ...more] = own.regions;
  if (region === undefined || region.item === null || more.length > 0) return [];
  const from = region.item.start;
  if (region.item.end !== text.length || !text.slice(from).includes("\n")) return [];
  return formattingOf(own, from, text.length).map((change) => {
    const isLast = change.end > text.length;
    return {
      start: start + change.start,
      end: isLast ? end : start + change.end,
      text: isLast ? change.text.replace(/\n$/, "") : change.text,
    };
  });
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
