import type { Item } from "./ast.ts";
import { lex } from "./lexer.ts";
import type { Region } from "./source-file.ts";
import * as T from "./tokens.ts";
import { commentEnd } from "./trivia.ts";

export type LexicalKind =
  | "keyword"
  | "name"
  | "unit"
  | "number"
  | "string"
  | "operator"
  | "punctuation"
  | "comment"
  | "doc"
  | "wrong";

/** A piece of text as an editor colours it. */
export interface LexicalToken {
  readonly kind: LexicalKind;
  readonly start: number;
  readonly end: number;
}

const WRONG: ReadonlySet<unknown> = new Set([T.Wrong, T.WrongName, T.OpenString, T.OpenComment]);
const OPERATORS: ReadonlySet<unknown> = new Set([
  T.Pipe,
  T.Amp,
  T.Tilde,
  T.Equals,
  T.Compare,
  T.EqualTo,
  T.NotEqual,
  T.Question,
  T.Bang,
  T.DotDot,
  T.Minus,
  T.Percent,
]);
const PUNCTUATION: ReadonlySet<unknown> = new Set([
  T.LCurly,
  T.RCurly,
  T.LParen,
  T.RParen,
  T.Comma,
  T.Semi,
  T.Colon,
  T.Dot,
]);

/**
 * The tokens and comments of a region's text, in order. A word counts as a keyword only where the tree reads it as one,
 * so that a request named `flags` is a name; where there is no tree, words that could be keywords count as such.
 */
export function tokenize(region: Region): readonly LexicalToken[] {
  const { text } = region;
  const names = region.item === null ? null : namesOf(region.item);
  const out: LexicalToken[] = [];
  let at = 0;
  const trivia = (stop: number) => {
    let first = at === 0;
    while (at < stop) {
      const end = commentEnd(text, at);
      if (end > at) {
        out.push({ kind: first && text.startsWith("///", at) ? "doc" : "comment", start: at, end });
        first = false;
        at = end;
      } else {
        if (text.charCodeAt(at) === 10) first = true;
        at++;
      }
    }
  };
  for (const token of lex(text).tokens) {
    trivia(token.startOffset);
    const { tokenType, startOffset: start } = token;
    const end = token.endOffset + 1;
    out.push({ kind: kindOf(tokenType, names?.has(start) ?? tokenType === T.Name), start, end });
    at = end;
  }
  trivia(text.length);
  return out;
}

function kindOf(type: unknown, isName: boolean): LexicalKind {
  if (WRONG.has(type)) return "wrong";
  if (type === T.Number_) return "number";
  if (type === T.String_) return "string";
  if (OPERATORS.has(type)) return "operator";
  if (PUNCTUATION.has(type)) return "punctuation";
  if (isName || type === T.Name) return "name";
  return type === T.Unit ? "unit" : "keyword";
}

/** Where names begin in the tree of an item. */
function namesOf(item: Item): ReadonlySet<number> {
  const starts = new Set<number>();
  // Every name of the tree is an object with `text` and a span, and so are mask names; numerals begin with digits.
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if (Array.isArray(node)) {
      node.forEach(visit);
      return;
    }
    if ("text" in node && "start" in node && typeof node.start === "number") starts.add(node.start);
    Object.values(node).forEach(visit);
  };
  visit(item);
  return starts;
}
