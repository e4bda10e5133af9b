import type { Span } from "../../grammar/ast.ts";
import { bareRegion, tokenize } from "../../grammar/index.ts";

/** The blocks in braces and the comments of a text, damaged or not; offsets in the text. */
export interface Braces {
  /** From the opening brace to behind the closing one; an unclosed block ends with the text. */
  readonly blocks: readonly Span[];
  /** Block comments, and runs of line comments without an empty line between. */
  readonly comments: readonly Span[];
}

const cache = new Map<string, Braces>();
const CACHE_LIMIT = 4096;

/** Finds them by the lexer's tokens, so that a damaged region folds too. */
export function bracesOf(text: string): Braces {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const found = readBraces(text);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(text, found);
  return found;
}

function readBraces(text: string): Braces {
  const blocks: Span[] = [];
  const comments: { start: number; end: number }[] = [];
  const open: number[] = [];
  let run: { start: number; end: number } | null = null;
  for (const { kind, start, end } of tokenize(bareRegion(text))) {
    if (kind === "punctuation") {
      if (text[start] === "{") open.push(start);
      const opening = text[start] === "}" ? open.pop() : undefined;
      if (opening !== undefined) blocks.push({ start: opening, end });
    }
    if (kind !== "comment" && kind !== "doc") continue;
    const ofLine = text.startsWith("//", start);
    if (ofLine && run !== null && isOneLineBreak(text.slice(run.end, start))) run.end = end;
    else {
      const comment = { start, end };
      comments.push(comment);
      run = ofLine ? comment : null;
    }
  }
  for (const start of open) blocks.push({ start, end: text.length });
  return { blocks, comments };
}

function isOneLineBreak(between: string): boolean {
  return /^\r?\n[ \t]*$/.test(between);
}
