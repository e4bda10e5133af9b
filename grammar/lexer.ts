import { slice, type Cut } from "./cut.ts";
import type { TokenType } from "chevrotain";
import {
  Amp,
  Colon,
  Comma,
  Bang,
  Compare,
  Dot,
  DotDot,
  EqualTo,
  Equals,
  indexOf,
  KEYWORDS,
  LCurly,
  LParen,
  Minus,
  Percent,
  Name,
  NotEqual,
  Number_,
  OpenComment,
  OpenString,
  Pipe,
  Question,
  RCurly,
  RParen,
  Semi,
  String_,
  Tilde,
  Wrong,
  WrongName,
  VOCABULARY,
  type Token,
} from "./tokens.ts";

// What a character is; OTHER are all above 127.
const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;
const SINGLE = 4;
const OTHER = 0;

const CLASS = new Uint8Array(65_536);
for (const c of " \t\r\n\f\v") CLASS[c.charCodeAt(0)] = SPACE;
for (let c = 65; c <= 90; c++) CLASS[c] = CLASS[c + 32] = LETTER;
CLASS[95] = LETTER;
for (let c = 48; c <= 57; c++) CLASS[c] = DIGIT;

const WRONG = indexOf(Wrong);
const WRONG_NAME = indexOf(WrongName);
const OPEN_STRING = indexOf(OpenString);
const OPEN_COMMENT = indexOf(OpenComment);
const NUMBER = indexOf(Number_);
const STRING = indexOf(String_);
const NAME = indexOf(Name);

/** Characters that are a token wherever they stand. */
const SINGLES: (number | undefined)[] = [];
for (const [c, type] of [
  ["{", LCurly],
  ["}", RCurly],
  ["(", LParen],
  [")", RParen],
  ["~", Tilde],
  [",", Comma],
  [";", Semi],
  [":", Colon],
] as const) {
  CLASS[c.charCodeAt(0)] = SINGLE;
  SINGLES[c.charCodeAt(0)] = indexOf(type);
}

/** Characters that are a token where they begin no longer operator. */
const MARKS: (number | undefined)[] = [];
for (const [c, type] of [
  ["|", Pipe],
  ["&", Amp],
  ["!", Bang],
  ["?", Question],
  ["=", Equals],
  ["<", Compare],
  [">", Compare],
  [".", Dot],
  ["-", Minus],
  ["%", Percent],
] as const)
  MARKS[c.charCodeAt(0)] = indexOf(type);

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const SLASH = 47;
const STAR = 42;
const BACKSLASH = 92;

/**
 * C operators of two or three characters, so that one of them is one mistake; what the language has is first.
 */
const OPERATORS = [
  "..",
  "==",
  "<=",
  ">=",
  "||",
  "&&",
  "!=",
  "<<=",
  ">>=",
  "<<",
  ">>",
  "|=",
  "&=",
  "^=",
  "+=",
  "-=",
  "->",
  "++",
  "--",
];
const OPERATOR_STARTS = new Set(OPERATORS.map((operator) => operator.charCodeAt(0)));
const OPERATOR_SECONDS = new Set(OPERATORS.map((operator) => operator.charCodeAt(1)));

/** Those of them that the language has. */
const LONG_OPERATORS: ReadonlyMap<string, number> = new Map([
  ["..", indexOf(DotDot)],
  ["==", indexOf(EqualTo)],
  ["!=", indexOf(NotEqual)],
  ["<=", indexOf(Compare)],
  [">=", indexOf(Compare)],
]);

/** A line that begins, at its first column, like a header or a declaration. */
const ITEM_LINE = /^(?:kernel|config|import|flags?|transform|allocator|context|scope|request|policy|memory|expect)\b/;

function classOf(code: number): number {
  return CLASS[code] ?? OTHER;
}

function isWordPart(code: number): boolean {
  const kind = classOf(code);
  return kind === LETTER || kind === DIGIT;
}

/** The types of tokens, by the number that Chevrotain gave them. */
const TYPES: TokenType[] = [];
for (const type of VOCABULARY) TYPES[indexOf(type)] = type;

/**
 * Tokens as numbers, a column for each thing that is known of them: of most tokens of a large file nobody needs more.
 * `ends` are exclusive; `kinds` are the numbers of the types.
 */
export class TokenColumns {
  count = 0;
  kinds: Uint16Array;
  starts: Uint32Array;
  ends: Uint32Array;
  /** The column if the token is the first on its line, else -1. */
  indents: Int32Array;

  constructor(size: number) {
    this.kinds = new Uint16Array(size);
    this.starts = new Uint32Array(size);
    this.ends = new Uint32Array(size);
    this.indents = new Int32Array(size);
  }

  push(kind: number, start: number, end: number, indent: number): void {
    const { count } = this;
    if (count === this.kinds.length) this.#grow();
    this.kinds[count] = kind;
    this.starts[count] = start;
    this.ends[count] = end;
    this.indents[count] = indent;
    this.count = count + 1;
  }

  /** Writes so many tokens of a type behind the last one, at an offset; they do not count. */
  pad(kind: number, at: number, howMany: number): void {
    const { count } = this;
    for (let i = 0; i < howMany; i++) this.push(kind, at, at, -1);
    this.count = count;
  }

  #grow(): void {
    const { kinds, starts, ends, indents } = this;
    const size = 2 * kinds.length;
    this.kinds = new Uint16Array(size);
    this.kinds.set(kinds);
    this.starts = new Uint32Array(size);
    this.starts.set(starts);
    this.ends = new Uint32Array(size);
    this.ends.set(ends);
    this.indents = new Int32Array(size);
    this.indents.set(indents);
  }

  /** A token as the parser reads it. */
  token(text: string, index: number, cut: Cut): Token {
    const tokenTypeIdx = this.kinds[index] ?? 0;
    const startOffset = this.starts[index] ?? 0;
    const end = this.ends[index] ?? 0;
    return {
      tokenType: TYPES[tokenTypeIdx] ?? Wrong,
      tokenTypeIdx,
      image: cut(text, startOffset, end),
      startOffset,
      endOffset: end - 1,
      indent: this.indents[index] ?? -1,
    };
  }
}

interface Keyword {
  readonly text: string;
  readonly kind: number;
}

/** Keywords by their length and some of their characters: to find one makes no string of the word. */
const KEYWORDS_BY_HASH: (readonly Keyword[] | undefined)[] = Array.from({ length: 4096 });

function hashOf(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start);
  const middle = text.charCodeAt((start + end) >> 1);
  const last = text.charCodeAt(end - 1);
  return (first * 7 + middle * 131 + last * 37 + (end - start) * 1021) & 4095;
}

for (const [text, type] of KEYWORDS) {
  const slot = hashOf(text, 0, text.length);
  KEYWORDS_BY_HASH[slot] = [...(KEYWORDS_BY_HASH[slot] ?? []), { text, kind: indexOf(type) }];
}

/** The type of the word in [start, end): of a keyword, or `Name`. */
function wordKind(text: string, start: number, end: number): number {
  const alike = KEYWORDS_BY_HASH[hashOf(text, start, end)];
  if (alike === undefined) return NAME;
  for (const keyword of alike)
    if (keyword.text.length === end - start && text.startsWith(keyword.text, start)) return keyword.kind;
  return NAME;
}

/** A token like `token` of another type (and text, if given): how recovery reads what stands there. */
export function readAs(token: Token, tokenType: TokenType, image: string = token.image): Token {
  return {
    tokenType,
    tokenTypeIdx: indexOf(tokenType),
    image,
    startOffset: token.startOffset,
    endOffset: token.endOffset,
    indent: token.indent,
  };
}

/**
 * Finds the ends of block comments while a text is read from front to back; what it found serves for the next comment,
 * so that many of them cost no more than one pass over the text.
 *
 * A comment that nothing ends is open. So is one inside of which another begins after a line that begins a declaration:
 * its writer forgot the end, and taking the other one's would swallow declarations.
 */
function blockComments(text: string): (start: number) => number | null {
  const itemLine = new RegExp(ITEM_LINE, "gm");
  let close = -1;
  let lastOpen = -1;
  let nextItem = -1;
  return (start) => {
    if (close < start + 2) {
      const found = text.indexOf("*/", start + 2);
      close = found < 0 ? Number.POSITIVE_INFINITY : found;
      lastOpen = found < 0 ? -1 : text.lastIndexOf("/*", found - 1);
    }
    if (close === Number.POSITIVE_INFINITY) return null;
    if (lastOpen > start + 1) {
      if (nextItem <= start) {
        itemLine.lastIndex = start + 1;
        nextItem = itemLine.exec(text)?.index ?? Number.POSITIVE_INFINITY;
      }
      if (nextItem < lastOpen) return null;
    }
    return close + 2;
  };
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf("\n", from);
  const end = newline < 0 ? text.length : newline;
  return end > from && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
}

/** Where reading stopped. */
interface Stop {
  /** The tokens reach the end of the text. */
  readonly complete: boolean;
  /** Whether a comment is open: its token depends on all of the text behind it. */
  readonly openComment: boolean;
}

/** What `lex` read. */
export interface Tokens extends Stop {
  readonly tokens: readonly Token[];
}

/** The same as numbers. */
export interface Scan extends Stop {
  readonly columns: TokenColumns;
}

/**
 * The tokens of `text` from `start` on, comments left out; offsets are those of `text`. Ends at the end of the text, or
 * with the first token that begins at or after `limit`. `start` must stand outside of comments and strings; it is the
 * beginning of a line, or a token stands before it on its line. Never fails: what is no token comes out as `Wrong`,
 * `WrongName`, `OpenString` or `OpenComment`.
 */
export function lex(text: string, start = 0, limit = Number.POSITIVE_INFINITY): Tokens {
  const { columns, complete, openComment } = scan(text, start, limit, borrowed());
  const tokens: Token[] = [];
  for (let i = 0; i < columns.count; i++) tokens.push(columns.token(text, i, slice));
  return { tokens, complete, openComment };
}

const MOST_SHARED = 4096;

/**
 * Gives the same columns again and again, empty, to who is done with them when he asks for the next: new ones cost as
 * much as to read a short text, and what they hold stands outside of V8's heap, which is swept for it.
 */
export function lender(): () => TokenColumns {
  let shared = new TokenColumns(MOST_SHARED);
  return () => {
    if (shared.kinds.length > MOST_SHARED) shared = new TokenColumns(MOST_SHARED);
    shared.count = 0;
    return shared;
  };
}

/** Columns for who is done with them before anybody reads on. */
export const borrowed = lender();

/** What `lex` reads, as numbers. @param columns empty, to be filled */
export function scan(text: string, start: number, limit: number, columns: TokenColumns): Scan {
  const length = text.length;
  const commentEnd = blockComments(text);
  let lineStart = start;
  let first = start === 0 || text.charCodeAt(start - 1) === NEWLINE;
  let openComment = false;
  let i = start;
  while (i < length) {
    const code = text.charCodeAt(i);
    const kind = classOf(code);
    if (kind === SPACE || (code === 0xfeff && i === 0)) {
      i++;
      if (code === NEWLINE) {
        lineStart = i;
        first = true;
      }
      continue;
    }
    if (code === SLASH && text.charCodeAt(i + 1) === SLASH) {
      const newline = text.indexOf("\n", i);
      i = newline < 0 ? length : newline;
      continue;
    }
    if (code === SLASH && text.charCodeAt(i + 1) === STAR) {
      const end = commentEnd(i);
      if (end !== null) {
        const newline = text.lastIndexOf("\n", end - 1);
        if (newline > i) lineStart = newline + 1;
        first = false;
        i = end;
        continue;
      }
    }
    if (i >= limit) return { columns, complete: false, openComment };
    const indent = first ? i - lineStart : -1;
    first = false;
    if (kind === LETTER) {
      // Most of a text are words: they are read here, where no call is made for a character.
      let end = i + 1;
      let next = CLASS[text.charCodeAt(end)];
      while (next === LETTER || next === DIGIT) next = CLASS[text.charCodeAt(++end)];
      if (next !== OTHER || !isForeign(text, end) || !isWordPart(text.charCodeAt(end + 1))) {
        columns.push(wordKind(text, i, end), i, end, indent);
        i = end;
        continue;
      }
    }
    i = readToken(columns, text, i, code, kind, indent);
    if (columns.kinds[columns.count - 1] === OPEN_COMMENT) openComment = true;
  }
  return { columns, complete: true, openComment };
}

/** Adds the token that begins at `start`, no proper word. @returns its end */
function readToken(
  columns: TokenColumns,
  text: string,
  start: number,
  code: number,
  kind: number,
  indent: number,
): number {
  const add = (type: number, end: number): number => {
    columns.push(type, start, end, indent);
    return end;
  };
  if (kind === LETTER) return add(WRONG_NAME, wrongNameEnd(text, start));
  if (kind === SINGLE) return add(SINGLES[code] ?? WRONG, start + 1);
  if (kind === DIGIT) return add(NUMBER, numberEnd(text, start));
  if (code === QUOTE) {
    const end = stringEnd(text, start);
    return end < 0 ? add(OPEN_STRING, -end) : add(STRING, end);
  }
  if (code === SLASH && text.charCodeAt(start + 1) === STAR) return add(OPEN_COMMENT, lineEnd(text, start));
  if (OPERATOR_SECONDS.has(text.charCodeAt(start + 1)) && OPERATOR_STARTS.has(code)) {
    const operator = OPERATORS.find((candidate) => text.startsWith(candidate, start));
    if (operator !== undefined) return add(LONG_OPERATORS.get(operator) ?? WRONG, start + operator.length);
  }
  const type = MARKS[code];
  if (type !== undefined) return add(type, start + 1);
  let end = start + 1;
  if (isForeign(text, start)) while (isForeign(text, end)) end++;
  return add(WRONG, end);
}

/** A character that no token of the language or of C has: control characters, `@`, `$`, letters outside of ASCII. */
function isForeign(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const code = text.charCodeAt(at);
  if (code >= 128) return true;
  return classOf(code) === OTHER && !'"/.<>=|&-+*!?^%'.includes(text.charAt(at));
}

/** The end of a word in which stand characters that words do not have. */
function wrongNameEnd(text: string, start: number): number {
  let end = start;
  while (isWordPart(text.charCodeAt(end)) || (isForeign(text, end) && isWordPart(text.charCodeAt(end + 1)))) end++;
  return end;
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

function isSuffix(code: number): boolean {
  return code === 85 || code === 117 || code === 76 || code === 108;
}

function numberEnd(text: string, start: number): number {
  let end = start;
  const second = text.charCodeAt(start + 1);
  if (text.charCodeAt(start) === 48 && (second === 120 || second === 88) && isHexDigit(text.charCodeAt(start + 2))) {
    end += 2;
    while (isHexDigit(text.charCodeAt(end))) end++;
  } else {
    while (classOf(text.charCodeAt(end)) === DIGIT) end++;
  }
  const digits = end;
  while (isSuffix(text.charCodeAt(end))) end++;
  // `5lower` is no number with a suffix.
  return isWordPart(text.charCodeAt(end)) ? digits : end;
}

/** The end of the string that begins at `start`; of one that its line does not end, the end as a negative number. */
function stringEnd(text: string, start: number): number {
  let end = start + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) return end + 1;
    if (code === NEWLINE) break;
    if (code === BACKSLASH && end + 1 < text.length && text.charCodeAt(end + 1) !== NEWLINE) end++;
  }
  if (end > start + 1 && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
  return -end;
}
