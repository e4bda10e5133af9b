import type { IOrAlt, ParserMethod } from "chevrotain";
import type { Clause, Effect, Item, Mask, Name as NameNode, Numeral, Predicate, Span, Text } from "../ast.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { Damage } from "./damage.ts";
import { RequestRules } from "./requests.ts";
import { NUMBER, types, NAMES, OF_ALL } from "./token-numbers.ts";

const NAME_OR_NUMBER = new Set([...NAMES, NUMBER]);
const WHEN = T.indexOf(T.When);
const LIKE = T.indexOf(T.Like);
const MODE_CONDITIONS = types(T.When, T.Otherwise);

const NO_WHEN =
  "`require` says when: write `when` and a condition behind this. What every mask needs is a `forbid`: `forbid lacks __GFP_NOWARN`.";

/** `policy` and its clauses. */
export abstract class PolicyRules extends RequestRules {
  protected readonly policyDeclaration: ParserMethod<[], Item> = this.RULE("policyDeclaration", (): Item => {
    const word = this.CONSUME(T.Policy);
    const { doc } = this;
    const name = this.declared();
    const like = this.like(AS.policy);
    const apis =
      this.OPTION2(() => {
        this.CONSUME(T.For);
        return this.keepList<NameNode>(() => this.SUBRULE(this.names, AS.api));
      }) ?? [];
    if (this.tolerant && this.at(LIKE))
      this.report(this.peek(), "`like` stands before `for`: write `policy NAME like OTHER for FUNCTIONS`.");
    const clauses: Clause[] = [];
    this.block("the policy", this.first.clause, "a clause such as `allow`, `forbid` or `mode`, or `}`", () => {
      clauses.push(this.SUBRULE(this.clause));
    });
    return { kind: "policy", doc, name, like, apis, clauses, start: this.start(word), end: this.end() };
  });

  private readonly clauses: IOrAlt<Clause>[] = [
    {
      ALT: () => {
        this.CONSUME(T.Allow);
        return this.SUBRULE(this.rule, { ARGS: ["allow", this.itemKeyword] });
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Forbid);
        return this.SUBRULE2(this.rule, { ARGS: ["forbid", this.itemKeyword] });
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Warn);
        return this.SUBRULE3(this.rule, { ARGS: ["warn", this.itemKeyword] });
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Require);
        const predicate = this.keepPredicate(() => this.SUBRULE(this.predicate));
        const when = this.keepPredicate(() => {
          if (this.tolerant && !this.at(WHEN)) throw new Damage(this.previous(), NO_WHEN);
          this.CONSUME(T.When);
          return this.SUBRULE2(this.predicate);
        });
        const because = this.SUBRULE(this.reason);
        return {
          kind: "require",
          keyword: this.itemKeyword,
          predicate,
          when,
          because,
          start: this.itemStart,
          end: this.end(),
        };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Ignore);
        const masks = this.keepList<Mask>(() => this.SUBRULE(this.masks));
        const because = this.SUBRULE2(this.reason);
        return { kind: "ignore", keyword: this.itemKeyword, masks, because, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Mode);
        return this.SUBRULE(this.mode, { ARGS: [this.itemKeyword] });
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Stage);
        const name = this.keepName(() => this.CONSUME(T.Name, AS.declared));
        const honours = this.keepList<Mask>(() => {
          this.CONSUME(T.Honours);
          return this.SUBRULE2(this.masks);
        });
        const internal = this.OPTION(() => this.CONSUME(T.Internal)) !== undefined;
        return {
          kind: "stage",
          keyword: this.itemKeyword,
          name,
          honours,
          internal,
          start: this.itemStart,
          end: this.end(),
        };
      },
    },
  ];

  private readonly clause: ParserMethod<[], Clause> = this.RULE("clause", (): Clause => {
    this.beginItem();
    return this.choose(this.clauses);
  });

  private readonly rule: ParserMethod<["allow" | "forbid" | "warn", Span], Clause> = this.RULE(
    "rule",
    (kind: "allow" | "forbid" | "warn", keyword: Span): Clause => {
      const predicate = this.withWhen(
        kind,
        this.keepPredicate(() => this.SUBRULE(this.predicate)),
      );
      const because = this.SUBRULE(this.reason);
      return { kind, keyword, predicate, because, start: this.RECORDING_PHASE ? 0 : keyword.start, end: this.end() };
    },
  );

  /** A `when` behind the condition of a clause that takes one condition means `and`. */
  private withWhen(kind: string, predicate: Predicate): Predicate {
    if (!this.tolerant || !this.at(WHEN)) return predicate;
    const message = `\`${kind}\` takes one condition: write \`and\` instead of \`when\`.`;
    this.report(this.peek(), message, { title: "Write and", text: "and" });
    this.position++;
    const when = this.keepPredicate(() => this.SUBRULE4(this.predicate));
    return { kind: "and", operands: [predicate, when], start: predicate.start, end: when.end };
  }

  private readonly reason: ParserMethod<[], Text | null> = this.RULE(
    "reason",
    (): Text | null =>
      this.OPTION(() => {
        this.CONSUME(T.Because);
        return this.keepOrNull<Text>(() => this.textOf(this.CONSUME(T.String_)));
      }) ?? null,
  );

  private readonly mode: ParserMethod<[Span], Clause> = this.RULE("mode", (keyword: Span): Clause => {
    const name = this.keepName(() => this.CONSUME(T.Name, AS.declared));
    const when = this.keep<Predicate | null>(
      () => {
        this.need(MODE_CONDITIONS, "`when` or `otherwise`");
        return this.choose<Predicate | null>([
          {
            ALT: () => {
              this.CONSUME(T.When);
              return this.SUBRULE(this.predicate);
            },
          },
          {
            ALT: () => {
              this.CONSUME(T.Otherwise);
              return null;
            },
          },
        ]);
      },
      () => this.missingPredicate(),
    );
    const effects = this.keepList<Effect>(() => this.SUBRULE(this.effects));
    return {
      kind: "mode",
      keyword,
      name,
      when,
      effects,
      start: this.RECORDING_PHASE ? 0 : keyword.start,
      end: this.end(),
    };
  });

  private readonly effects: ParserMethod<[], Effect[]> = this.RULE("effects", (): Effect[] => {
    const effects: Effect[] = [];
    this.consume(OF_ALL, T.LCurly);
    this.listed("an effect or `}`", "Effects", () => {
      effects.push(this.SUBRULE(this.effect));
    });
    return effects;
  });

  private readonly effect: ParserMethod<[], Effect> = this.RULE("effect", (): Effect => {
    const name = this.nameOf(this.CONSUME(T.Name, AS.effect));
    const values = this.keepOrNull<readonly NameNode[] | Numeral>(() => {
      this.need(NAME_OR_NUMBER, "a value");
      return this.choose<readonly NameNode[] | Numeral>([
        {
          ALT: () => {
            const list: NameNode[] = [];
            this.AT_LEAST_ONE_SEP({
              SEP: T.Pipe,
              DEF: () => list.push(this.nameOf(this.CONSUME2(T.Name, AS.effectValue))),
            });
            return list;
          },
        },
        { ALT: () => this.numeralOf(this.CONSUME(T.Number_, AS.effectValue)) },
      ]);
    });
    return { name, values, start: name.start, end: this.end() };
  });
}
