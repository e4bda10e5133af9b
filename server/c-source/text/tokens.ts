/**
 * Kinds of tokens. A punctuator of one character is its character code; those of more have numbers of their own from
 * 128 on.
 */
export const NAME = 1;
export const NUMBER = 2;
export const STRING = 3;
export const CHARACTER = 4;

export const EQUAL = 128;
export const UNEQUAL = 129;
export const ARROW = 130;
export const BOTH = 131;
export const EITHER = 132;
export const SHIFT_LEFT = 133;
export const SHIFT_RIGHT = 134;
/** `|=`, `&=`, and every other operator that assigns but `=` itself. */
export const OR_ASSIGN = 135;
export const AND_ASSIGN = 136;
export const OTHER_ASSIGN = 137;
export const STEP = 138;
export const COMPARED = 139;
export const ELLIPSIS = 140;

export const OPEN = 40;
export const CLOSE = 41;
export const STAR = 42;
export const COMMA = 44;
export const DOT = 46;
export const COLON = 58;
export const SEMICOLON = 59;
export const ASSIGN = 61;
export const QUESTION = 63;
export const NOT = 33;
export const AMPERSAND = 38;
export const BAR = 124;
export const TILDE = 126;
export const BLOCK_OPEN = 123;
export const BLOCK_CLOSE = 125;
export const INDEX_OPEN = 91;
export const INDEX_CLOSE = 93;

/** `#define NAME(parameters) body`: offsets of the body in the text. */
export interface Define {
  readonly name: string;
  /** Null: a macro without arguments. */
  readonly parameters: readonly string[] | null;
  readonly start: number;
  readonly end: number;
}

/** Tokens behind the last that may be looked at: they are none, and have no partner. */
export const BEHIND = 64;

/** A file as tokens, in its own order; comments and directives are not among them. Offsets are UTF-16, of `text`. */
export interface Tokens {
  readonly text: string;
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Of a name its number, by which names compare; see `names`. Else 0. */
  readonly names: Int32Array;
  /** The partner of a bracket, as the index of a token; -1: it has none. */
  readonly partners: Int32Array;
  /** The name of a number. */
  readonly nameOf: (id: number) => string;
  /** The code of its first character. */
  readonly firstOf: (id: number) => number;
  /** The number of a name; 0: the file does not have it, and the floor does not ask for it. */
  readonly idOf: (name: string) => number;
  /** Numbers of names are less than this. */
  readonly nameCount: number;
  readonly defines: readonly Define[];
  /** The file has a name that the floor asks for, by its number. */
  readonly has: (id: number) => boolean;
  /** The text of a token begins a line. */
  readonly isFirst: (token: number) => boolean;
  /** How many stretches were passed over, being known. */
  readonly passed: number;
  /** Lets the next text have the lists: these tokens are none any more. */
  readonly giveBack: () => void;
}

/** The text of a token. */
export const textOf = (tokens: Tokens, token: number): string =>
  tokens.text.slice(tokens.starts[token] ?? 0, tokens.ends[token] ?? 0);

/** The text from one token to another, the last not included. */
export const textBetween = (tokens: Tokens, from: number, to: number): string =>
  to <= from ? "" : tokens.text.slice(tokens.starts[from] ?? 0, tokens.ends[to - 1] ?? 0);
