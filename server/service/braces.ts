import type { Span } from "../../grammar/ast.ts";

/** The blocks in braces and the comments of a text, damaged or not; offsets in the text. */
export interface Braces {
  /** From the opening brace to behind the closing one; an unclosed block ends with the text. */
  readonly blocks: readonly Span[];
  /** Block comments, and runs of line comments without an empty line between. */
  readonly comments: readonly Span[];
}

const cache = new Map<string, Braces>();
const CACHE_LIMIT = 4096;

/** Finds them by scanning, so that a damaged region folds too. */
export function bracesOf(text: string): Braces {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const found = scan(text);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(text, found);
  return found;
}

function scan(text: string): Braces {
  const blocks: Span[] = [];
  const comments: { start: number; end: number }[] = [];
  const open: number[] = [];
  let lastLineComment: { start: number; end: number } | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "/" && text[at + 1] === "/") {
      const end = lineEnd(text, at);
      if (lastLineComment !== null && isOneLineBreak(text.slice(lastLineComment.end, at))) lastLineComment.end = end;
      else {
        lastLineComment = { start: at, end };
        comments.push(lastLineComment);
      }
      at = end - 1;
    } else if (char === "/" && text[at + 1] === "*") {
      const close = text.indexOf("*/", at + 2);
      const end = close < 0 ? text.length : close + 2;
      comments.push({ start: at, end });
      at = end - 1;
    } else if (char === '"') {
      at = stringEnd(text, at) - 1;
    } else if (char === "{") {
      open.push(at);
    } else if (char === "}") {
      const start = open.pop();
      if (start !== undefined) blocks.push({ start, end: at + 1 });
    }
  }
  for (const start of open) blocks.push({ start, end: text.length });
  return { blocks, comments };
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found < 0 ? text.length : found;
}

/** A string ends on its line, closed or not. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "\n") return at;
    else if (char === '"') return at + 1;
  }
  return text.length;
}

function isOneLineBreak(between: string): boolean {
  return /^\r?\n[ \t]*$/.test(between);
}
