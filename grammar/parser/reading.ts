import { EmbeddedActionsParser, type IOrAlt, type IToken } from "chevrotain";
import type { Mask, Name as NameNode, Numeral, Predicate, Text } from "../ast.ts";
import * as T from "../tokens.ts";
import type { Token } from "../tokens.ts";
import { NO_TOKENS } from "./token-numbers.ts";

/**
 * Where the parser stands in its tokens, and the spans of the tree. The tokens are in place of Chevrotain's own token
 * vector: one array serves all regions of a file.
 */
export abstract class TokenReader extends EmbeddedActionsParser {
  /** Padded with `PADDING` ends. */
  protected tokens: readonly Token[] = NO_TOKENS;
  /** The index of the token that was consumed last. */
  protected position = -1;
  protected base = 0;

  protected override LA(howMuch: number): Token {
    return this.tokens[this.position + howMuch] ?? T.END;
  }
  protected override LA_FAST(howMuch: number): Token {
    return this.tokens[this.position + howMuch] ?? T.END;
  }
  protected consumeToken(): void {
    this.position++;
  }
  protected exportLexerState(): number {
    return this.position;
  }
  protected importLexerState(position: number): void {
    this.position = position;
  }
  protected resetLexerState(): void {
    this.position = -1;
  }
  protected getLexerPosition(): number {
    return this.position;
  }
  protected onBeforeParse(): void {
    // No sentinels: `tokens` is padded.
  }
  protected onAfterParse(): void {
    // A region may end before the tokens do.
  }

  protected peek(ahead = 1): Token {
    return this.tokens[this.position + ahead] ?? T.END;
  }
  protected previous(): Token {
    return this.tokens[this.position] ?? T.END;
  }
  protected at(type: number): boolean {
    return this.peek().tokenTypeIdx === type;
  }

  // Chevrotain infers the type of a choice from its alternatives; ours is told, so that each alternative is checked
  // against it.
  protected choose<Node>(alternatives: IOrAlt<Node>[]): Node {
    return this.OR(alternatives);
  }
  protected choose2<Node>(alternatives: IOrAlt<Node>[]): Node {
    return this.OR2(alternatives);
  }
  protected choose3<Node>(alternatives: IOrAlt<Node>[]): Node {
    return this.OR3(alternatives);
  }

  /**
   * While the grammar is recorded a choice has no token, and NaN would make V8 keep this number of every node of the
   * tree, and of all that is made of it, in an object of its own.
   */
  protected start(token: { readonly startOffset: number }): number {
    return this.RECORDING_PHASE ? 0 : token.startOffset - this.base;
  }
  /** The end of what was consumed last. */
  protected end(): number {
    return this.endOf(this.previous());
  }
  protected endOf(token: IToken): number {
    return this.RECORDING_PHASE ? 0 : (token.endOffset ?? token.startOffset) + 1 - this.base;
  }
  protected nameOf(token: IToken): NameNode {
    return { text: token.image, start: this.start(token), end: this.endOf(token) };
  }
  protected numeralOf(token: IToken): Numeral {
    return {
      text: token.image,
      value: this.RECORDING_PHASE ? 0 : numberValue(token.image),
      start: this.start(token),
      end: this.endOf(token),
    };
  }
  protected textOf(token: IToken): Text {
    return { value: stringValue(token.image), start: this.start(token), end: this.endOf(token) };
  }
  protected missingMask(): Mask {
    const at = Math.max(0, this.end());
    return { kind: "missing", start: at, end: at };
  }
  protected missingPredicate(): Predicate {
    const at = Math.max(0, this.end());
    return { kind: "missing", start: at, end: at };
  }

  /** The text from a token to the one consumed last, without what stands between tokens. */
  protected written(first: IToken): string {
    let text = "";
    for (let i = this.position; i >= 0; i--) {
      const token = this.tokens[i];
      if (token === undefined) break;
      text = token.image + text;
      if (token.startOffset <= first.startOffset) break;
    }
    return text;
  }
}

/** The value of a number as written; `Infinity` above 2^53. */
function numberValue(text: string): number {
  const value = Number(text.replace(/[uUlL]+$/, ""));
  return value <= Number.MAX_SAFE_INTEGER + 1 ? value : Number.POSITIVE_INFINITY;
}

function stringValue(text: string): string {
  return text.slice(1, -1).replace(/\\(["\\])/g, "$1");
}
