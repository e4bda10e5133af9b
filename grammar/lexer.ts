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
  type Token,
} from "./tokens.ts";

// What a character is, for the characters below 128; all others are OTHER.
const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;
const SINGLE = 4;
const OTHER = 0;

const CLASS = new Uint8Array(128);
for (const c of " \t\r\n\f\v") CLASS[c.charCodeAt(0)] = SPACE;
for (let c = 65; c <= 90; c++) CLASS[c] = CLASS[c + 32] = LETTER;
CLASS[95] = LETTER;
for (let c = 48; c <= 57; c++) CLASS[c] = DIGIT;

const SINGLES: (TokenType | undefined)[] = [];
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
  SINGLES[c.charCodeAt(0)] = type;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const SLASH = 47;
const STAR = 42;
const BACKSLASH = 92;
const DOT = 46;

/**
 * C operators of two or three characters, so that one of them is one mistake; the two that the language has are first.
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

/** A line that begins, at its first column, like a header or a declaration. */
const ITEM_LINE = /^(?:kernel|config|import|flags?|transform|allocator|context|scope|request|policy|memory|expect)\b/;

function classOf(code: number): number {
  return code < 128 ? (CLASS[code] ?? OTHER) : OTHER;
}

function isWordPart(code: number): boolean {
  const kind = classOf(code);
  return kind === LETTER || kind === DIGIT;
}

function makeToken(tokenType: TokenType, image: string, startOffset: number, indent: number): Token {
  return {
    tokenType,
    tokenTypeIdx: indexOf(tokenType),
    image,
    startOffset,
    endOffset: startOffset + image.length - 1,
    indent,
  };
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

/** Where `lex` stopped: tokens, and whether they reach the end of the text. */
export interface Tokens {
  readonly tokens: readonly Token[];
  readonly complete: boolean;
  /** Whether a comment is open: its token depends on all of the text behind it. */
  readonly openComment: boolean;
}

/**
 * The tokens of `text` from `start` on, comments left out; offsets are those of `text`. Ends at the end of the text, or
 * with the first token that begins at or after `limit`. `start` must stand outside of comments and strings; it is the
 * beginning of a line, or a token stands before it on its line. Never fails: what is no token comes out as `Wrong`,
 * `WrongName`, `OpenString` or `OpenComment`.
 */
export function lex(text: string, start = 0, limit = Number.POSITIVE_INFINITY): Tokens {
  const tokens: Token[] = [];
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
    if (i >= limit) return { tokens, complete: false, openComment };
    const token = readToken(text, i, code, kind, first ? i - lineStart : -1);
    first = false;
    if (token.tokenType === OpenComment) openComment = true;
    tokens.push(token);
    i = token.endOffset + 1;
  }
  return { tokens, complete: true, openComment };
}

function readToken(text: string, start: number, code: number, kind: number, indent: number): Token {
  if (kind === LETTER) {
    let end = start + 1;
    while (isWordPart(text.charCodeAt(end))) end++;
    if (isForeign(text, end) && isWordPart(text.charCodeAt(end + 1))) return readWrongName(text, start, end, indent);
    const image = text.slice(start, end);
    return makeToken(KEYWORDS.get(image) ?? Name, image, start, indent);
  }
  if (kind === SINGLE) return makeToken(SINGLES[code] ?? Wrong, text.charAt(start), start, indent);
  if (kind === DIGIT) return makeToken(Number_, text.slice(start, numberEnd(text, start)), start, indent);
  if (code === QUOTE) return readString(text, start, indent);
  if (code === SLASH && text.charCodeAt(start + 1) === STAR)
    return makeToken(OpenComment, text.slice(start, lineEnd(text, start)), start, indent);
  if (OPERATOR_SECONDS.has(text.charCodeAt(start + 1)) && OPERATOR_STARTS.has(code)) {
    const operator = OPERATORS.find((candidate) => text.startsWith(candidate, start));
    if (operator === "..") return makeToken(DotDot, operator, start, indent);
    if (operator === "==") return makeToken(EqualTo, operator, start, indent);
    if (operator === "!=") return makeToken(NotEqual, operator, start, indent);
    if (operator === "<=" || operator === ">=") return makeToken(Compare, operator, start, indent);
    if (operator !== undefined) return makeToken(Wrong, operator, start, indent);
  }
  switch (code) {
    case 124:
      return makeToken(Pipe, "|", start, indent);
    case 38:
      return makeToken(Amp, "&", start, indent);
    case 33:
      return makeToken(Bang, "!", start, indent);
    case 63:
      return makeToken(Question, "?", start, indent);
    case 61:
      return makeToken(Equals, "=", start, indent);
    case 60:
      return makeToken(Compare, "<", start, indent);
    case 62:
      return makeToken(Compare, ">", start, indent);
    case DOT:
      return makeToken(Dot, ".", start, indent);
    case 45:
      return makeToken(Minus, "-", start, indent);
    case 37:
      return makeToken(Percent, "%", start, indent);
  }
  let end = start + 1;
  while (isForeign(text, end)) end++;
  return makeToken(Wrong, text.slice(start, isForeign(text, start) ? end : start + 1), start, indent);
}

/** A character that no token of the language or of C has: control characters, `@`, `$`, letters outside of ASCII. */
function isForeign(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const code = text.charCodeAt(at);
  if (code >= 128) return true;
  return classOf(code) === OTHER && !'"/.<>=|&-+*!?^%'.includes(text.charAt(at));
}

function readWrongName(text: string, start: number, from: number, indent: number): Token {
  let end = from;
  while (isWordPart(text.charCodeAt(end)) || (isForeign(text, end) && isWordPart(text.charCodeAt(end + 1)))) end++;
  return makeToken(WrongName, text.slice(start, end), start, indent);
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

function readString(text: string, start: number, indent: number): Token {
  let end = start + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) return makeToken(String_, text.slice(start, end + 1), start, indent);
    if (code === NEWLINE) break;
    if (code === BACKSLASH && end + 1 < text.length && text.charCodeAt(end + 1) !== NEWLINE) end++;
  }
  if (end > start + 1 && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
  return makeToken(OpenString, text.slice(start, end), start, indent);
}
