import { BEHIND, BLOCK_CLOSE, BLOCK_OPEN, CLOSE, INDEX_CLOSE, INDEX_OPEN, OPEN } from "./tokens.ts";

/** By the kind of a bracket that opens, the kind that closes it. */
const CLOSER_OF = new Uint8Array(256);
CLOSER_OF[OPEN] = CLOSE;
CLOSER_OF[INDEX_OPEN] = INDEX_CLOSE;
CLOSER_OF[BLOCK_OPEN] = BLOCK_CLOSE;
/** 1 for each kind that is a bracket. */
const IS_BRACKET = new Uint8Array(256);
for (const kind of [OPEN, CLOSE, INDEX_OPEN, INDEX_CLOSE, BLOCK_OPEN, BLOCK_CLOSE]) IS_BRACKET[kind] = 1;

/**
 * The partner of each bracket, -1 where it has none, in the list that is given if that is long enough. The kernel
 * begins and ends its functions in the first column: a brace there closes, or leaves behind, all that is open, so that
 * one that is missing costs one function.
 */
export function partnersOf(
  count: number,
  kinds: Uint8Array,
  isFirst: (token: number) => boolean,
  into: Int32Array,
): Int32Array {
  const partners = into.length >= kinds.length ? into : new Int32Array(kinds.length);
  partners.fill(-1, 0, count + BEHIND);
  const open: Open = { tokens: [], count: 0 };
  const pair = (one: number, other: number): void => {
    partners[one] = other;
    partners[other] = one;
  };
  for (let token = 0; token < count; token++) {
    const kind = kinds[token] ?? 0;
    if (IS_BRACKET[kind] !== 1) continue;
    if (kind === OPEN || kind === INDEX_OPEN || kind === BLOCK_OPEN) {
      if (kind === BLOCK_OPEN && isFirst(token)) open.count = 0;
      open.tokens[open.count++] = token;
    } else if (kind === BLOCK_CLOSE && isFirst(token)) {
      const outermost = outermostBlock(kinds, open);
      if (outermost !== null) pair(outermost, token);
      open.count = 0;
    } else {
      const opener = openerOf(kinds, open, kind);
      if (opener !== null) pair(opener, token);
    }
  }
  return partners;
}

/** The brackets that are open: the first `count`. An array that is made shorter gives its memory back each time. */
interface Open {
  readonly tokens: number[];
  count: number;
}

function outermostBlock(kinds: Uint8Array, { tokens, count }: Open): number | null {
  for (let at = 0; at < count; at++) {
    const token = tokens[at] ?? 0;
    if (kinds[token] === BLOCK_OPEN) return token;
  }
  return null;
}

/** The innermost bracket that this one closes; those inside of it that stay open are given up. */
function openerOf(kinds: Uint8Array, open: Open, closer: number): number | null {
  for (let at = open.count - 1; at >= 0; at--) {
    const token = open.tokens[at] ?? 0;
    const kind = kinds[token] ?? 0;
    if (CLOSER_OF[kind] === closer) {
      open.count = at;
      return token;
    }
    // A parenthesis does not reach out of its block.
    if (kind === BLOCK_OPEN) return null;
  }
  return null;
}
