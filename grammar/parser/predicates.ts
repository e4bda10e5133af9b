import type { IOrAlt, IToken, ParserMethod } from "chevrotain";
import type { Comparison, MaskTest, ModelTest, Predicate, SizeMeasure } from "../ast.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { Damage, type TokenFix } from "./damage.ts";
import { MaskRules } from "./masks.ts";
import { COMMA, CONDITION_WORDS, NUMBER, types } from "./token-numbers.ts";
import type { Token } from "../tokens.ts";

const CONDITION = "a condition such as `has`, `lacks`, `only`, `in` or `order`";

const MISSING_AND = "Conditions are joined by `and` or `or`: write one of them before this.";
const JOINS = types(T.And, T.Or);

const MASK_TESTS = "`has`, `any`, `lacks`, `only` or `is`";
const bareMask = (image: string): string =>
  `A mask alone is no condition: write ${MASK_TESTS} before \`${image}\`; before a context, \`in\`.`;

const BEGINS_MASK: ReadonlySet<number> = new Set([...types(T.Name, T.Tilde), NUMBER]);
/** As the kernel spells flags, and people their own; contexts have small letters. */
const LIKE_A_FLAG = /^_*[A-Z]/;
const ALLOW = T.indexOf(T.Allow);

/** What policies and expectations say of a request. */
export abstract class PredicateRules extends MaskRules {
  protected readonly predicate: ParserMethod<[], Predicate> = this.RULE("predicate", (): Predicate => {
    const ors: Predicate[] = [];
    this.needCondition(this.first.predicate);
    this.AT_LEAST_ONE_SEP({
      SEP: T.Or,
      DEF: () => {
        this.needCondition(this.first.predicate);
        const ands: Predicate[] = [];
        this.AT_LEAST_ONE_SEP2({ SEP: T.And, DEF: () => ands.push(this.SUBRULE(this.condition)) });
        ors.push(this.combined("and", ands));
      },
    });
    const predicate = this.combined("or", ors);
    return this.tolerant ? this.withFurther(predicate) : predicate;
  });

  /** Conditions side by side, or with a comma between them, are read as if `and` stood there. */
  private withFurther(predicate: Predicate): Predicate {
    const operands = [predicate];
    for (;;) {
      const token = this.peek();
      const isJoined = operands.length > 1 && JOINS.has(token.tokenTypeIdx);
      if (isJoined) this.position++;
      else if (this.isFurther(token))
        this.report(token, MISSING_AND, { title: "Insert and", text: `and ${token.image}` });
      else if (this.at(COMMA) && this.isFurther(this.peek(2))) {
        this.report(token, "`,` joins no conditions: write `and` or `or`.", { title: "Write and", text: " and" });
        this.position++;
      } else break;
      operands.push(this.SUBRULE4(this.condition));
    }
    return operands.length === 1 ? predicate : { kind: "and", operands, start: predicate.start, end: this.end() };
  }

  private isFurther({ tokenTypeIdx: type, indent }: Token): boolean {
    return indent < 0 && CONDITION_WORDS.has(type) && !this.starts.has(type);
  }

  /** A mask without a word before it is what people write first. */
  private needCondition(allowed: ReadonlySet<number>): void {
    const token = this.peek();
    if (this.tolerant && BEGINS_MASK.has(token.tokenTypeIdx) && !allowed.has(token.tokenTypeIdx)) {
      throw !LIKE_A_FLAG.test(token.image) && this.peek(2).indent < 0 && LIKE_A_FLAG.test(this.peek(2).image)
        ? new Damage(token, `\`${token.image}\` is no condition: before a mask stands ${MASK_TESTS}.`)
        : new Damage(token, bareMask(token.image), this.withTest(token.image));
    }
    this.need(allowed, CONDITION);
  }

  private withTest(image: string): TokenFix | undefined {
    if (!LIKE_A_FLAG.test(image)) return undefined;
    const text = `${this.previous().tokenTypeIdx === ALLOW ? "only" : "has"} ${image}`;
    return { title: `Write ${text}`, text };
  }

  private combined(kind: "or" | "and", operands: readonly Predicate[]): Predicate {
    const first = operands[0];
    const last = operands[operands.length - 1];
    if (first === undefined || last === undefined) return this.missingPredicate();
    return operands.length === 1 ? first : { kind, operands, start: first.start, end: last.end };
  }

  private readonly conditions: IOrAlt<Predicate>[] = [
    {
      ALT: (): Predicate => {
        const open = this.CONSUME(T.LParen);
        this.deeper();
        const inner = this.SUBRULE(this.predicate);
        this.closeParen(() => this.CONSUME(T.RParen), open);
        return { kind: "paren", inner, start: this.start(open), end: this.end() };
      },
    },
    { ALT: () => this.SUBRULE(this.maskTest) },
    { ALT: () => this.SUBRULE(this.measureTest) },
    {
      ALT: (): Predicate => {
        const word = this.CONSUME(T.In);
        const context = this.nameOrNothing(() => this.CONSUME(T.Name, AS.context));
        return { kind: "in", context, start: this.start(word), end: this.end() };
      },
    },
    { ALT: () => this.modelTest(this.CONSUME(T.Sleeps), "sleeps") },
    { ALT: () => this.modelTest(this.CONSUME(T.MayOom), "may_oom") },
    { ALT: () => this.modelTest(this.CONSUME(T.MayFail), "may_fail") },
  ];

  private readonly condition: ParserMethod<[], Predicate> = this.RULE("condition", (): Predicate => {
    const not = this.OPTION(() => this.CONSUME(T.Not));
    this.needCondition(this.first.test);
    const operand = this.choose(this.conditions);
    return not === undefined ? operand : { kind: "not", operand, start: this.start(not), end: operand.end };
  });

  private modelTest(word: IToken, test: ModelTest): Predicate {
    return { kind: "model", test, start: this.start(word), end: this.end() };
  }

  private readonly maskTest: ParserMethod<[], Predicate> = this.RULE("maskTest", (): Predicate => {
    let test: MaskTest = "has";
    const word = this.OR([
      {
        ALT: () => {
          test = "has";
          return this.CONSUME(T.Has);
        },
      },
      {
        ALT: () => {
          test = "any";
          return this.CONSUME(T.Any);
        },
      },
      {
        ALT: () => {
          test = "lacks";
          return this.CONSUME(T.Lacks);
        },
      },
      {
        ALT: () => {
          test = "only";
          return this.CONSUME(T.Only);
        },
      },
      {
        ALT: () => {
          test = "is";
          return this.CONSUME(T.Is);
        },
      },
    ]);
    const mask = this.SUBRULE(this.mask);
    return { kind: "mask", test, mask, start: this.start(word), end: this.end() };
  });

  private readonly measureTest: ParserMethod<[], Predicate> = this.RULE("measureTest", (): Predicate => {
    let measure: SizeMeasure = "order";
    const word = this.OR([
      {
        ALT: () => {
          measure = "order";
          return this.CONSUME(T.Order);
        },
      },
      {
        ALT: () => {
          measure = "size";
          return this.CONSUME(T.SizeWord);
        },
      },
      {
        ALT: () => {
          measure = "pages";
          return this.CONSUME(T.Pages);
        },
      },
    ]);
    const comparison = comparisonOf(
      this.OR2([{ ALT: () => this.CONSUME(T.Compare) }, { ALT: () => this.CONSUME(T.EqualTo) }]).image,
    );
    const size = this.SUBRULE(this.size);
    return { kind: "measure", measure, comparison, size, start: this.start(word), end: this.end() };
  });
}

function comparisonOf(text: string): Comparison {
  switch (text) {
    case "<":
    case "<=":
    case ">":
    case ">=":
      return text;
    default:
      return "==";
  }
}
