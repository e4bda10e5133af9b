import type { ConsumeMethodOpts } from "chevrotain";
import type { Name as NameNode } from "../ast.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { expected, found, missing } from "../wording.ts";
import { NOT_VALID } from "./damage.ts";
import { RecoveringParser } from "./recovering.ts";
import { NO_STARTS, NUMBER, LCURLY, RCURLY, LPAREN, EQUALS, MINUS, DOT, END, NAMES, OF_ALL } from "./token-numbers.ts";

/** The index of the name behind `like`: the declared one has the other. */
const OF_LIKE = 8;

/** What declarations are made of: a name, what it is like, items between braces. */
export abstract class BlockParser extends RecoveringParser {
  /** The name of a declaration; null and a problem if it is missing. */
  protected declared(role: ConsumeMethodOpts = AS.declared): NameNode | null {
    if (this.tolerant && !NAMES.has(this.peek().tokenTypeIdx)) {
      const word = this.previous();
      const token = this.peek();
      const type = token.tokenTypeIdx;
      if (type === NUMBER && NAMES.has(this.peek(2).tokenTypeIdx) && this.peek(2).startOffset === token.endOffset + 1) {
        this.report(token, "A name does not begin with a digit.");
        this.position++;
        return this.declaredName(role);
      }
      const stands = type === LCURLY || type === EQUALS || type === LPAREN;
      this.report(
        stands || type === END ? word : token,
        stands || type === END
          ? `A name is missing after \`${word.image}\`.`
          : `Expected a name, ${found(token.image)}.`,
      );
      if (!stands && type !== END && type !== RCURLY) this.position++;
      return null;
    }
    const name = this.declaredName(role);
    if (this.tolerant) this.joinName(name.text);
    return name;
  }

  private declaredName(role: ConsumeMethodOpts): NameNode {
    return this.nameOf(this.consume(OF_ALL, T.Name, role));
  }

  /** After a declared name: a `-` or `.` that was meant to be part of it. */
  private joinName(first: string): void {
    const mark = this.peek();
    const rest = this.peek(2);
    if ((mark.tokenTypeIdx !== MINUS && mark.tokenTypeIdx !== DOT) || !NAMES.has(rest.tokenTypeIdx)) return;
    if (mark.startOffset !== this.previous().endOffset + 1 || rest.startOffset !== mark.endOffset + 1) return;
    this.report(mark, `A name has only letters, digits and \`_\`: write \`${first}_${rest.image}\`.`, {
      title: "Write _",
      text: "_",
    });
    this.position += 2;
  }

  /** `like NAME`, where one may stand. */
  protected like(role: ConsumeMethodOpts): NameNode | null {
    const name = this.option(OF_LIKE, () => {
      this.CONSUME(T.Like);
      return this.keepOrNull<NameNode>(() => this.nameOf(this.consume(OF_LIKE, T.Name, role)));
    });
    return name ?? null;
  }

  /**
   * Items between braces, a `;` behind each if one likes. `what` stands between the braces; `wanted` may begin an item,
   * as do the tokens of `starts`; `item` reads one.
   */
  protected block(what: string, starts: ReadonlySet<number>, wanted: string, item: () => void): void {
    this.open(what);
    this.items(starts, wanted, () =>
      this.many(OF_ALL, () =>
        this.settled(() => {
          item();
          this.option(OF_ALL, () => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close();
  }

  /** Items with a comma between them up to the `}`, behind a `{`. `many`: what they are called. */
  protected listed(wanted: string, many: string, item: () => void): void {
    this.items(NO_STARTS, wanted, () =>
      this.many(OF_ALL, {
        GATE: () => !this.tolerant || this.peek().indent < 0 || !this.outerStart(),
        DEF: () =>
          this.settled(() => {
            item();
            this.afterListItem(
              this.option(OF_ALL, () => this.CONSUME(T.Comma, AS.separator)),
              many,
            );
          }),
      }),
    );
    this.close();
  }

  protected open(what: string): void {
    if (!this.tolerant || this.at(LCURLY)) {
      this.consume(OF_ALL, T.LCurly);
      return;
    }
    const isBare = this.at(RCURLY) || this.at(END);
    const says = isBare ? missing("`{`", this.previous().image) : expected("`{`", this.peek().image);
    this.report(isBare ? this.previous() : this.peek(), `${says.slice(0, -1)}: ${what} follows between braces.`);
    if (this.peek().tokenTypeIdx === RCURLY || this.peek().indent >= 0) return;
    this.skipTo();
    if (this.at(LCURLY)) this.position++;
  }

  /** Within the line: to a `{` or to the next line. */
  private skipTo(): void {
    for (;;) {
      const token = this.peek();
      if (
        token.tokenTypeIdx === END ||
        token.tokenTypeIdx === LCURLY ||
        token.tokenTypeIdx === RCURLY ||
        token.indent >= 0
      )
        return;
      this.position++;
    }
  }

  private close(): void {
    if (!this.tolerant || this.at(RCURLY)) {
      this.CONSUME(T.RCurly);
      return;
    }
    if (this.problems.length === 0)
      this.report(this.at(END) ? T.END : this.previous(), "A `}` is missing: write it after this.");
  }

  /** True if the list goes on: a comma stood here, or should have. */
  protected afterListItem(comma: unknown, what: string): void {
    if (this.RECORDING_PHASE || comma !== undefined) return;
    const token = this.peek();
    if (token.tokenTypeIdx === RCURLY) return;
    if (!this.tolerant) throw NOT_VALID;
    if (token.tokenTypeIdx === END || !NAMES.has(token.tokenTypeIdx) || token.indent >= 0) return;
    this.report(token, `${what} are separated by commas: write \`, ${token.image}\`.`, {
      title: "Insert a comma",
      text: `, ${token.image}`,
    });
  }
}
