import { bareRegion, tokenize } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Change } from "./actions.ts";
import { formattingOf } from "./formatting.ts";
import { regionAt } from "./regions.ts";

/** After these characters an editor asks. */
export const FORMATTED_AFTER: readonly string[] = ["}"];

/**
 * What is to be done once a closing brace is typed that ends at `offset`. The one that an editor wrote by itself on the
 * next line goes, for it has just been written by hand; else a declaration of several lines that it closes is
 * formatted.
 */
export function onTypeFormattingOf(file: SourceFile, offset: number): readonly Change[] {
  const placed = regionAt(file, offset - 1);
  if (placed === null || file.text[offset - 1] !== "}") return [];
  const depth = depthOf(file.text.slice(placed.start, offset));
  // In a comment or a string it closes nothing.
  if (depth === null) return [];
  const rest = /^[ \t]*(?:\r?\n[ \t]*\})+/.exec(file.text.slice(offset))?.[0] ?? "";
  const closings = [...rest].filter((char) => char === "}").length;
  if (closings > depth) return [{ start: offset, end: offset + rest.indexOf("}") + 1, text: "" }];
  const { item } = placed.region;
  if (depth > 0 || item === null || placed.start + item.end !== offset) return [];
  const text = placed.region.text.slice(item.start, item.end);
  return text.includes("\n") ? formattingOf(file, placed.start + item.start, offset) : [];
}

/** How many braces are open behind the last one of a text; null where the text does not end with one. */
function depthOf(text: string): number | null {
  let depth = 0;
  let last = -1;
  for (const { kind, start, end } of tokenize(bareRegion(text))) {
    if (kind !== "punctuation") continue;
    last = end;
    if (text[start] === "{") depth += 1;
    if (text[start] === "}") depth = Math.max(0, depth - 1);
  }
  return last === text.length ? depth : null;
}
