import type { Span } from "../../grammar/ast.ts";
import { bareRegion, tokenize } from "../../grammar/index.ts";

/** The blocks in braces and the comments of a text, damaged or not; offsets in the text. */
export interface Braces {
  /** From the opening brace to behind the closing one; an unclosed block ends with the text. */
  readonly blocks: readonly Span[];
  /** Block comments, and runs of line comments without an empty line between. */
  readonly comments: readonly Span[];
}

interface Piece extends Span {
  readonly kind: "open" | "close" | "comment";
}

/** Finds them by the lexer's tokens, so that a damaged region folds too. */
export function bracesOf(text: string): Braces {
  const blocks: Span[] = [];
  const comments: { start: number; end: number }[] = [];
  const open: number[] = [];
  let run: { start: number; end: number } | null = null;
  for (const { kind, start, end } of plainPieces(text) ?? piecesByToken(text)) {
    if (kind === "open") open.push(start);
    if (kind === "close") {
      const opening = open.pop();
      if (opening !== undefined) blocks.push({ start: opening, end });
    }
    if (kind !== "comment") continue;
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

/** What is skipped or found, where a text has neither block comments nor strings that go on or are not closed. */
const PLAIN = /\/\/[^\n]*|"[^"\\\n]*"|[{}]|["\\]|\/\*/g;

/** The pieces of a text that is plain, as nearly all are; null for another. */
function plainPieces(text: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  for (const { index: start, 0: found } of text.matchAll(PLAIN)) {
    const end = start + found.length;
    if (found === "{") pieces.push({ kind: "open", start, end });
    else if (found === "}") pieces.push({ kind: "close", start, end });
    else if (found.startsWith("//")) pieces.push({ kind: "comment", start, end });
    else if (found.length === 1 || found === "/*") return null;
  }
  return pieces;
}

function piecesByToken(text: string): readonly Piece[] {
  return tokenize(bareRegion(text)).flatMap(({ kind, start, end }): readonly Piece[] => {
    if (kind === "comment" || kind === "doc") return [{ kind: "comment", start, end }];
    if (kind !== "punctuation" || (text[start] !== "{" && text[start] !== "}")) return [];
    return [{ kind: text[start] === "{" ? "open" : "close", start, end }];
  });
}

function isOneLineBreak(between: string): boolean {
  return /^\r?\n[ \t]*$/.test(between);
}
