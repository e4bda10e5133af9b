import { lex } from "../../grammar/lexer.ts";
import { parser } from "../../grammar/parser.ts";
import { PADDING } from "../../grammar/parser/token-numbers.ts";
import * as T from "../../grammar/tokens.ts";

/** Whether a strict reader of the text, item by item, runs into nothing but its end. */
export function isReadable(text: string): boolean {
  const lexed = lex(text).tokens;
  const tokens = [...lexed, ...Array.from({ length: PADDING }, () => T.END)];
  for (let index = 0; index < lexed.length; ) {
    const read = parser().readStrict(tokens, index, 0, null);
    if (!read.valid) return read.seen > lexed.length;
    index = read.next;
  }
  return true;
}
