import { borrowed, scan } from "./lexer.ts";
import * as T from "./tokens.ts";

/**
 * The tokens of a text without their tree: two valid declarations whose tokens are of the same types have one tree.
 * Good until the next text is read.
 */
export interface Outline {
  /** The types of the tokens in order: equal for the same types. */
  readonly types: string;
  /** Where each token begins and ends. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** By token: it is a word that its type does not tell. */
  readonly isOpen: (token: number) => boolean;
}

const OPEN: ReadonlySet<number> = new Set([T.Name, T.Unit, T.TimeUnit].map(T.indexOf));

export function outlineOf(text: string): Outline {
  const { columns } = scan(text, 0, Number.POSITIVE_INFINITY, borrowed());
  const { kinds, starts, ends, count } = columns;
  return {
    types: String.fromCharCode(...kinds.subarray(0, count)),
    starts,
    ends,
    isOpen: (token) => OPEN.has(kinds[token] ?? 0),
  };
}
