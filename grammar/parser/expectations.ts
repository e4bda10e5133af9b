import type { ParserMethod } from "chevrotain";
import type { ExpectForm, Item } from "../ast.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { MemoryRules } from "./memory.ts";

/** `expect`. */
export abstract class ExpectationRules extends MemoryRules {
  protected readonly expectDeclaration: ParserMethod<[], Item> = this.RULE("expectDeclaration", (): Item => {
    const word = this.CONSUME(T.Expect);
    const { doc } = this;
    const name = this.declared(AS.subject);
    const form = this.keepOrNull<ExpectForm>(() => this.SUBRULE(this.expectForm));
    return { kind: "expect", doc, name, form, start: this.start(word), end: this.end() };
  });

  private readonly expectForm: ParserMethod<[], ExpectForm> = this.RULE("expectForm", (): ExpectForm => {
    this.need(this.first.expectForm, "`{`, `on`, `forbids`, `allows`, `within`, `when` or `gives`");
    const start = this.start(this.peek());
    return this.choose<ExpectForm>([
      {
        ALT: () => {
          const on =
            this.OPTION(() => {
              this.CONSUME(T.On);
              return this.nameOf(this.CONSUME(T.Name, AS.memory));
            }) ?? null;
          const as =
            this.OPTION3(() => {
              this.CONSUME(T.As);
              return this.nameOf(this.CONSUME3(T.Name, AS.mode));
            }) ?? null;
          const facts = this.SUBRULE(this.facts);
          return { kind: "facts", on, as, facts, start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Forbids);
          const mask = this.keepMask(() => this.SUBRULE(this.mask));
          return { kind: "forbids", mask, start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Allows);
          const mask = this.keepMask(() => this.SUBRULE2(this.mask));
          return { kind: "allows", mask, start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Within);
          const policy = this.keepName(() => this.CONSUME2(T.Name, AS.policy));
          return { kind: "within", policy, start, end: this.end() };
        },
      },
      {
        ALT: () => {
          const when =
            this.OPTION2(() => {
              this.CONSUME(T.When);
              return this.keepPredicate(() => this.SUBRULE(this.predicate));
            }) ?? null;
          let claimStart = start;
          const gives = this.keepPredicate(() => {
            claimStart = this.start(this.CONSUME(T.Gives));
            return this.SUBRULE2(this.predicate);
          });
          return { kind: "gives", when, gives, claim: { start: claimStart, end: this.end() }, start, end: this.end() };
        },
      },
    ]);
  });
}
