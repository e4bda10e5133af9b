import { ARROW, CLOSE, DOT, INDEX_CLOSE, NAME, type Tokens } from "./tokens.ts";

/** A name stands behind `->` or `.`. */
export const isMemberAt = (tokens: Tokens, at: number): boolean =>
  tokens.kinds[at - 1] === ARROW || tokens.kinds[at - 1] === DOT;

/** The token before brackets of this kind that end at a token, any number of them. */
function behind(closer: number, tokens: Tokens, at: number): number {
  let token = at;
  while (tokens.kinds[token] === closer) token = (tokens.partners[token] ?? 0) - 1;
  return token;
}

/** What stands before `(struct x *)`. */
export const behindCasts = (tokens: Tokens, at: number): number => behind(CLOSE, tokens, at);

/** `p` of `p[i][j]`. */
export const behindIndexes = (tokens: Tokens, at: number): number => behind(INDEX_CLOSE, tokens, at);

/** The first name of what a member stands in: `pins` of `pins[i].name`. */
export function rootOf(tokens: Tokens, member: number): number {
  let at = member;
  while (isMemberAt(tokens, at)) {
    at -= 2;
    while (tokens.kinds[at] === INDEX_CLOSE || tokens.kinds[at] === CLOSE) at = (tokens.partners[at] ?? 0) - 1;
    if (tokens.kinds[at] !== NAME) return at + 1;
  }
  return at;
}
