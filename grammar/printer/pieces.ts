import type { Token } from "../tokens.ts";
import { commentEnd } from "../trivia.ts";

/** A token or a comment of a text. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly token: Token | null;
  /** How many line breaks stand before it. */
  readonly newlines: number;
}

/** @param before how many line breaks stand before the text */
export function piecesOf(text: string, tokens: readonly Token[], before: number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let newlines = before;
  for (let i = 0; i <= tokens.length; i++) {
    const token = tokens[i] ?? null;
    const stop = token === null ? text.length : token.startOffset;
    while (at < stop) {
      const end = commentEnd(text, at);
      if (end > at) {
        pieces.push({ text: text.slice(at, end).trimEnd().replace(/\r\n/g, "\n"), start: at, token: null, newlines });
        newlines = 0;
        at = end;
      } else {
        if (text.charCodeAt(at) === 10) newlines++;
        at++;
      }
    }
    if (token === null) break;
    pieces.push({ text: token.image, start: token.startOffset, token, newlines });
    newlines = 0;
    at = token.endOffset + 1;
  }
  return pieces;
}
