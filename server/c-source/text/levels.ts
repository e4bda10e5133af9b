import { COMMA, CLOSE, BLOCK_CLOSE, SEMICOLON, type Tokens } from "./tokens.ts";

/** Some kinds of tokens: 1 for each. */
export type Kinds = Uint8Array;

export function kinds(...some: readonly number[]): Kinds {
  const found = new Uint8Array(256);
  for (const kind of some) found[kind] = 1;
  return found;
}

/** The first token of these kinds between two, what stands in brackets passed over; `to`: there is none. */
export function nextOf(wanted: Kinds, tokens: Tokens, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (wanted[tokens.kinds[at] ?? 0] === 1) return at;
    const partner = tokens.partners[at] ?? -1;
    if (partner > at) at = partner;
  }
  return to;
}

const VALUE_ENDS = kinds(SEMICOLON, COMMA, CLOSE, BLOCK_CLOSE);

/** Where a value ends: at the comma, semicolon or bracket behind it. */
export const valueEnd = (tokens: Tokens, from: number, to: number): number => nextOf(VALUE_ENDS, tokens, from, to);
