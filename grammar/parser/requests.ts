import type { IOrAlt, ParserMethod } from "chevrotain";
import type { CacheFact, Fact, Item, Name as NameNode, Numeral, Property, Size, Text } from "../ast.ts";
import { NUMBER_PROPERTIES } from "../request-properties.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { ContextRules } from "./contexts.ts";
import { COMMA, NAMES, NUMBER, types, FIRST_OF_TABLE } from "./token-numbers.ts";

const NODE_VALUES = new Set([NUMBER, ...types(T.Any)]);
const HANDLES_VALUES = types(T.Null, T.Nothing);

/** `request` and its properties. */
export abstract class RequestRules extends ContextRules {
  protected readonly requestDeclaration: ParserMethod<[], Item> = this.RULE("requestDeclaration", (): Item => {
    const word = this.CONSUME(T.Request);
    const { doc } = this;
    const name = this.declared();
    const like = this.like(AS.request);
    const properties: Property[] = [];
    this.block("the request", this.first.property, "a property such as `api` or `flags`, or `}`", () => {
      properties.push(this.SUBRULE(this.property));
    });
    return { kind: "request", doc, name, like, properties, start: this.start(word), end: this.end() };
  });

  /** Several places at once are a context of their own. */
  private noMoreContexts(context: NameNode | null): void {
    if (!this.tolerant || context === null || !this.at(COMMA)) return;
    const next = this.peek(2);
    if (!NAMES.has(next.tokenTypeIdx) || this.isNextItem()) return;
    const both = `context here { in ${context.text} in ${next.image} }`;
    this.report(this.peek(), `A request has one context: declare \`${both}\`, and name that.`);
  }

  private readonly properties: IOrAlt<Property>[] = [
    {
      ALT: () => {
        this.CONSUME(T.Api);
        const api = this.keepName(() => this.CONSUME(T.Name, AS.api));
        return { kind: "api", keyword: this.itemKeyword, api, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Flags);
        const mask = this.keepMask(() => this.SUBRULE(this.mask));
        return { kind: "flags", keyword: this.itemKeyword, mask, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.SizeWord);
        const size = this.keepOrNull<Size>(() => this.SUBRULE(this.sizeValue));
        return { kind: "size", keyword: this.itemKeyword, size, start: this.itemStart, end: this.end() };
      },
    },
    ...NUMBER_PROPERTIES.map((kind, index) => ({
      ALT: (): Property => {
        this.consume(FIRST_OF_TABLE + index, T.keywordType(kind));
        const number = this.keepOrNull<Numeral>(() => this.subrule(FIRST_OF_TABLE + index, this.numberValue));
        return { kind, keyword: this.itemKeyword, number, start: this.itemStart, end: this.end() };
      },
    })),
    {
      ALT: () => {
        this.CONSUME(T.Context);
        const context = this.keepName(() => this.CONSUME2(T.Name, AS.context));
        this.noMoreContexts(context);
        return { kind: "context", keyword: this.itemKeyword, context, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Node);
        const node = this.keepOrNull<Numeral | "any">(() => {
          this.need(NODE_VALUES, "a node number or `any`");
          return this.choose2<Numeral | "any">([
            { ALT: () => this.numeralOf(this.CONSUME4(T.Number_)) },
            {
              ALT: () => {
                this.CONSUME(T.Any);
                return "any";
              },
            },
          ]);
        });
        return { kind: "node", keyword: this.itemKeyword, node, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Zone);
        const zone = this.keepName(() => this.CONSUME3(T.Name, AS.zone));
        return { kind: "zone", keyword: this.itemKeyword, zone, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Cache);
        const facts = this.SUBRULE(this.cacheFacts);
        return { kind: "cache", keyword: this.itemKeyword, facts, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Handles);
        const value = { start: this.start(this.peek()), end: this.endOf(this.peek()) };
        const handles = this.keepOrNull<"null" | "nothing">(() => {
          this.need(HANDLES_VALUES, "`null` or `nothing`");
          return this.choose3<"null" | "nothing">([
            {
              ALT: () => {
                this.CONSUME(T.Null);
                return "null";
              },
            },
            {
              ALT: () => {
                this.CONSUME(T.Nothing);
                return "nothing";
              },
            },
          ]);
        });
        return {
          kind: "handles",
          keyword: this.itemKeyword,
          handles,
          value: handles === null ? this.itemKeyword : value,
          start: this.itemStart,
          end: this.end(),
        };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Fallback);
        const request = this.keepName(() => this.CONSUME4(T.Name, AS.fallback));
        return { kind: "fallback", keyword: this.itemKeyword, request, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Policy);
        const policies = this.keepList<NameNode>(() => this.SUBRULE(this.names, AS.policy));
        return { kind: "policy", keyword: this.itemKeyword, policies, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Expect);
        const facts = this.keepList<Fact>(() => this.SUBRULE(this.facts));
        return { kind: "expect", keyword: this.itemKeyword, facts, start: this.itemStart, end: this.end() };
      },
    },
    { ALT: () => this.SUBRULE(this.waiver) },
  ];

  private readonly property: ParserMethod<[], Property> = this.RULE("property", (): Property => {
    this.beginItem();
    return this.choose(this.properties);
  });

  /** `unknown`: the call says one, and whoever wrote the request down could not read it. */
  private readonly sizeValue: ParserMethod<[], Size | null> = this.RULE("sizeValue", (): Size | null =>
    this.choose<Size | null>([
      {
        ALT: () => {
          this.CONSUME(T.Unknown);
          return null;
        },
      },
      { ALT: () => this.SUBRULE(this.size) },
    ]),
  );

  private readonly numberValue: ParserMethod<[], Numeral | null> = this.RULE("numberValue", (): Numeral | null =>
    this.choose<Numeral | null>([
      {
        ALT: () => {
          this.CONSUME(T.Unknown);
          return null;
        },
      },
      { ALT: () => this.numeralOf(this.CONSUME(T.Number_)) },
    ]),
  );

  private readonly waiver: ParserMethod<[], Property> = this.RULE("waiver", (): Property => {
    const word = this.CONSUME(T.Waive);
    const keyword = { start: this.start(word), end: this.endOf(word) };
    let rule: NameNode | null = null;
    const because = this.keepOrNull<Text>(() => {
      const first = this.CONSUME(T.Name, AS.rule);
      this.MANY(() => {
        this.CONSUME(T.Minus);
        this.CONSUME2(T.Name, AS.rest);
      });
      rule = { text: this.RECORDING_PHASE ? "" : this.written(first), start: this.start(first), end: this.end() };
      this.CONSUME(T.Because);
      return this.textOf(this.CONSUME(T.String_));
    });
    return { kind: "waive", keyword, rule, because, start: keyword.start, end: this.end() };
  });

  private readonly cacheFact: ParserMethod<[], CacheFact> = this.RULE("cacheFact", (): CacheFact => {
    const start = this.start(this.peek());
    return this.choose<CacheFact>([
      {
        ALT: () => {
          this.CONSUME(T.Ctor);
          return { kind: "ctor", start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Dma);
          return { kind: "dma", start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Account);
          return { kind: "account", start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Reclaimable);
          return { kind: "reclaimable", start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.SizeWord);
          const size = this.keepOrNull(() => this.SUBRULE(this.size));
          return { kind: "size", size, start, end: this.end() };
        },
      },
    ]);
  });

  private readonly cacheFacts: ParserMethod<[], CacheFact[]> = this.RULE("cacheFacts", (): CacheFact[] => {
    const facts: CacheFact[] = [];
    this.block(
      "what the cache is",
      this.first.cacheFact,
      "`ctor`, `dma`, `account`, `reclaimable`, `size` or `}`",
      () => {
        facts.push(this.SUBRULE(this.cacheFact));
      },
    );
    return facts;
  });
}
