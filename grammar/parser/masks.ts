import type { IOrAlt, IToken, ParserMethod } from "chevrotain";
import type { Mask } from "../ast.ts";
import { found } from "../wording.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { NOT_VALID } from "./damage.ts";
import { ValueRules } from "./values.ts";
import {
  CONDITION_WORDS,
  NUMBER,
  RCURLY,
  LPAREN,
  RPAREN,
  TILDE,
  COMMA,
  SEMI,
  PIPE,
  AMP,
  COMPARE,
  EQUALS,
  END,
  types,
  NAMES,
} from "./token-numbers.ts";

/** Words that end a mask where a name would continue it. */
const MASK_ENDS = new Set([
  ...types(T.And, T.Or, T.When, T.Because, T.Internal, T.Honours, T.Gives, T.Otherwise),
  ...CONDITION_WORDS,
]);

/** Masks: flags, joined and compared as in C. */
export abstract class MaskRules extends ValueRules {
  readonly mask: ParserMethod<[], Mask> = this.RULE("mask", (): Mask => {
    const ors: Mask[] = [];
    if (!this.RECORDING_PHASE && !this.first.mask.has(this.peek().tokenTypeIdx)) {
      if (!this.tolerant) throw NOT_VALID;
      const missing = this.missingOperand();
      if (!this.at(PIPE) && !this.at(AMP)) return missing;
      this.position++;
      if (!this.first.mask.has(this.peek().tokenTypeIdx)) return missing;
    }
    this.AT_LEAST_ONE_SEP({
      SEP: T.Pipe,
      DEF: () => {
        if (!this.RECORDING_PHASE && !this.first.mask.has(this.peek().tokenTypeIdx)) {
          if (!this.tolerant) throw NOT_VALID;
          ors.push(this.missingOperand());
          return;
        }
        const ands: Mask[] = [];
        this.AT_LEAST_ONE_SEP2({ SEP: T.Amp, DEF: () => ands.push(this.SUBRULE(this.compared)) });
        ors.push(this.joined("and", ands));
      },
    });
    if (this.tolerant && this.joining !== this.depth) this.joinLeftovers(ors);
    const condition = this.joined("or", ors);
    const branches = this.OPTION(() => this.SUBRULE(this.branches));
    return branches === undefined
      ? condition
      : {
          kind: "choice",
          operands: [condition, branches.yes, branches.no],
          start: condition.start,
          end: this.end(),
        };
  });

  private readonly branches: ParserMethod<[], { yes: Mask; no: Mask }> = this.RULE("branches", () => {
    const { depth } = this;
    this.CONSUME(T.Question);
    this.deeper();
    const yes = this.SUBRULE(this.mask);
    this.CONSUME(T.Colon);
    const no = this.SUBRULE2(this.mask);
    this.depth = depth;
    return { yes, no };
  });

  /** An operand of `&`; as in C, `==` binds tighter. */
  private readonly compared: ParserMethod<[], Mask> = this.RULE("compared", (): Mask => {
    const left = this.SUBRULE(this.operand);
    const rest = this.OPTION(() => {
      let isEqual = true;
      this.OR([
        { ALT: () => this.CONSUME(T.EqualTo) },
        {
          ALT: () => {
            isEqual = false;
            return this.CONSUME(T.NotEqual);
          },
        },
      ]);
      return { isEqual, right: this.SUBRULE2(this.operand) };
    });
    if (rest === undefined) return left;
    const { isEqual, right } = rest;
    return { kind: "equal", isEqual, operands: [left, right], start: left.start, end: this.end() };
  });

  private joined(kind: "or" | "and", operands: readonly Mask[]): Mask {
    const first = operands[0];
    const last = operands[operands.length - 1];
    if (first === undefined || last === undefined) return this.missingMask();
    return operands.length === 1 ? first : { kind, operands, start: first.start, end: last.end };
  }

  /** At a comma: whether what stands behind it is neither another item nor another condition. */
  private isMoreOfMask(): boolean {
    const { tokenTypeIdx: next, indent } = this.peek(2);
    return indent < 0 && !CONDITION_WORDS.has(next) && !this.isNextItem();
  }

  /** After a mask: flags that nothing joins to it, or a parenthesis too many. */
  private joinLeftovers(ors: Mask[]): void {
    for (;;) {
      const token = this.peek();
      const type = token.tokenTypeIdx;
      if (type === RPAREN && this.depth === 0) {
        this.report(token, "This `)` closes nothing: remove it.", { title: "Remove the parenthesis", text: "" });
        this.position++;
        if (!this.at(PIPE) && !this.at(AMP)) continue;
        this.position++;
      } else if (type === COMMA && !this.list && this.blocks > 0 && this.isMoreOfMask()) {
        this.report(token, "`,` joins no flags: write `|`.", { title: "Write |", text: " |" });
        this.position++;
      } else if ((type === COMPARE || type === EQUALS) && token.indent < 0) {
        this.report(token, "A mask compares nothing: write the flags, joined by `|`.");
        this.position++;
      } else if (
        NAMES.has(type) &&
        this.previous().tokenTypeIdx === NUMBER &&
        token.startOffset === this.previous().endOffset + 1
      ) {
        this.report(token, `\`${this.previous().image}${token.image}\` is neither a number nor a name.`);
        this.position++;
        if (!this.at(PIPE) && !this.at(AMP)) continue;
        this.position++;
      } else if (
        (NAMES.has(type) || type === NUMBER || type === TILDE || type === LPAREN) &&
        token.indent < 0 &&
        !MASK_ENDS.has(type) &&
        !this.starts.has(type)
      ) {
        this.report(token, `Flags are joined by \`|\`: write \`| ${token.image}\`.`, {
          title: "Insert |",
          text: `| ${token.image}`,
        });
      } else {
        return;
      }
      const outer = this.joining;
      this.joining = this.depth;
      ors.push(this.mask());
      this.joining = outer;
    }
  }

  private readonly operands: IOrAlt<Mask>[] = [
    { ALT: () => this.nameOrCall() },
    {
      ALT: (): Mask => {
        const numeral = this.numeralOf(this.CONSUME(T.Number_));
        return { kind: "number", numeral, start: numeral.start, end: numeral.end };
      },
    },
    {
      ALT: (): Mask => {
        const open = this.CONSUME(T.LParen);
        this.deeper();
        const inner = this.SUBRULE(this.mask);
        this.closeParen(() => this.CONSUME(T.RParen), open);
        return { kind: "paren", inner, start: this.start(open), end: this.end() };
      },
    },
  ];

  private readonly operand: ParserMethod<[], Mask> = this.RULE("operand", (): Mask => {
    const depth = this.depth;
    const prefixes: IToken[] = [];
    this.MANY(() => {
      prefixes.push(this.OR2([{ ALT: () => this.CONSUME(T.Tilde) }, { ALT: () => this.CONSUME(T.Bang) }]));
      this.deeper();
    });
    if (this.tolerant && !this.operandFollows()) {
      this.depth = depth;
      return this.missingOperand();
    }
    this.need(this.first.mask, "a flag");
    let mask = this.choose(this.operands);
    for (const prefix of prefixes.reverse()) {
      const kind = prefix.tokenType === T.Bang ? "zero" : "not";
      mask = { kind, operand: mask, start: this.start(prefix), end: mask.end };
    }
    this.depth = depth;
    return mask;
  });

  private nameOrCall(): Mask {
    const name = this.nameOf(this.CONSUME(T.Name, AS.mask));
    const argument = this.OPTION(() => {
      const open = this.CONSUME2(T.LParen);
      this.deeper();
      const inner = this.SUBRULE2(this.mask);
      this.closeParen(() => this.CONSUME2(T.RParen), open);
      return inner;
    });
    return argument === undefined
      ? { kind: "name", text: name.text, start: name.start, end: name.end }
      : { kind: "call", callee: name, argument, start: name.start, end: this.end() };
  }

  private operandFollows(): boolean {
    const token = this.peek();
    if (!this.first.mask.has(token.tokenTypeIdx)) return false;
    // A line that begins the next item, after a `|` that nothing follows.
    return !(
      token.indent >= 0 &&
      this.starts.has(token.tokenTypeIdx) &&
      this.first.mask.has(this.peek(2).tokenTypeIdx) &&
      this.peek(2).tokenTypeIdx !== LPAREN
    );
  }

  private missingOperand(): Mask {
    const token = this.peek();
    const previous = this.previous();
    const type = token.tokenTypeIdx;
    const here =
      type === END || token.indent >= 0 || type === RCURLY || type === RPAREN || type === SEMI ? previous : token;
    this.report(
      here,
      here === previous ? `A flag is missing after \`${previous.image}\`.` : `Expected a flag, ${found(token.image)}.`,
    );
    return this.missingMask();
  }

  protected readonly masks: ParserMethod<[], Mask[]> = this.RULE("masks", (): Mask[] => {
    const masks: Mask[] = [];
    const outer = this.list;
    this.list = true;
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => masks.push(this.SUBRULE(this.mask)) });
    this.list = outer;
    return masks;
  });
}
