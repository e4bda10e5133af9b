import type { TokenType } from "chevrotain";
import * as T from "../tokens.ts";
import type { Token } from "../tokens.ts";

/** The numbers of token types: what a token is compared by. */
const NAME = T.indexOf(T.Name);
export const NUMBER = T.indexOf(T.Number_);
export const LCURLY = T.indexOf(T.LCurly);
export const RCURLY = T.indexOf(T.RCurly);
export const LPAREN = T.indexOf(T.LParen);
export const RPAREN = T.indexOf(T.RParen);
export const TILDE = T.indexOf(T.Tilde);
export const COMMA = T.indexOf(T.Comma);
export const SEMI = T.indexOf(T.Semi);
export const PIPE = T.indexOf(T.Pipe);
export const AMP = T.indexOf(T.Amp);
export const COMPARE = T.indexOf(T.Compare);
export const EQUALS = T.indexOf(T.Equals);
export const COLON = T.indexOf(T.Colon);
export const MINUS = T.indexOf(T.Minus);
export const DOT = T.indexOf(T.Dot);
export const NOT = T.indexOf(T.Not);
export const END = T.indexOf(T.EOF);

/** The numbers of some types. */
export function types(...list: readonly TokenType[]): ReadonlySet<number> {
  return new Set(list.map(T.indexOf));
}

/** Words that begin a condition; where one begins, a mask has ended. */
export const CONDITION_WORDS = types(...T.CONDITION_WORDS, T.Not);

/** Nothing begins here. */
export const NO_STARTS: ReadonlySet<number> = new Set();

/** What may stand for a name: keywords are not reserved. */
export const NAMES: ReadonlySet<number> = new Set([NAME, ...types(...T.KEYWORDS.values())]);

/** Ends behind the tokens, so that looking ahead needs no check of bounds. */
export const PADDING = 4;
export const NO_TOKENS: readonly Token[] = Array.from({ length: PADDING }, () => T.END);

/** What is written once for all rules (a block's braces, a declared name) has this number in each. */
export const OF_ALL = 9;

/** Chevrotain numbers the tokens of a type in a rule; those that a table makes begin here, behind the written ones. */
export const FIRST_OF_TABLE = 10;
