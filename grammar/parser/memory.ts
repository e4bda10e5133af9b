import type { IOrAlt, ParserMethod } from "chevrotain";
import type {
  Duration,
  Item,
  KswapdFact,
  MachineFact,
  MemoryDeclaration,
  NodeBlock,
  Numeral,
  Span,
  Time,
  ZoneBlock,
  ZoneFact,
} from "../ast.ts";
import { FREE_KINDS, KSWAPD_STATES, zoneWords } from "../memory-facts.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { Damage } from "./damage.ts";
import { PolicyRules } from "./policies.ts";
import { LCURLY, types, FIRST_OF_TABLE } from "./token-numbers.ts";

const ORDER = T.indexOf(T.Order);

const MEMORY_SOURCES = new Set([LCURLY, ...types(T.From)]);

const AMOUNT_FACTS = zoneWords("amount");
const CACHED_FACTS = zoneWords("cached");
const MARKS_FACTS = zoneWords("marks");

type FreeBlock = Extract<ZoneFact, { kind: "free" }>["blocks"][number];
type Mark = Extract<ZoneFact, { kind: "watermarks" }>["marks"][number];
type MemorySource = NonNullable<MemoryDeclaration["source"]>;
type MemoryItem = MachineFact | { readonly kind: "node"; readonly node: NodeBlock };

/** `memory`: what a machine has free, node by node and zone by zone. */
export abstract class MemoryRules extends PolicyRules {
  protected readonly memoryDeclaration: ParserMethod<[], Item> = this.RULE("memoryDeclaration", (): Item => {
    const word = this.CONSUME(T.Memory);
    const { doc } = this;
    const name = this.declared();
    const like = this.like(AS.memory);
    const source = this.keep<MemorySource | null>(
      () => {
        if (this.tolerant && !MEMORY_SOURCES.has(this.peek().tokenTypeIdx)) return this.SUBRULE(this.memoryItems);
        return this.choose<MemorySource>([
          { ALT: () => this.SUBRULE2(this.memoryItems) },
          {
            ALT: () => {
              this.CONSUME(T.From);
              const path = this.textOf(this.CONSUME(T.String_));
              const report =
                this.OPTION2(() => {
                  this.CONSUME(T.Report);
                  return this.keepOrNull<Numeral>(() => this.numeralOf(this.CONSUME(T.Number_)));
                }) ?? null;
              return { kind: "from", path, report };
            },
          },
        ]);
      },
      () => null,
    );
    return { kind: "memory", doc, name, like, source, start: this.start(word), end: this.end() };
  });

  private readonly memoryItems: ParserMethod<[], MemorySource> = this.RULE("memoryItems", (): MemorySource => {
    const facts: MachineFact[] = [];
    const nodes: NodeBlock[] = [];
    this.block("a list of nodes", this.first.memoryItem, "`node`, `cpus`, `try` or `}`", () => {
      const item = this.SUBRULE(this.memoryItem);
      if (item.kind === "node") nodes.push(item.node);
      else facts.push(item);
    });
    return { kind: "nodes", facts, nodes };
  });

  private readonly memoryItem: ParserMethod<[], MemoryItem> = this.RULE("memoryItem", (): MemoryItem => {
    this.beginItem();
    return this.choose<MemoryItem>([
      { ALT: () => ({ kind: "node", node: this.SUBRULE(this.nodeBlock) }) },
      {
        ALT: () => {
          this.CONSUME(T.keywordType("cpus"));
          const number = this.keepNumber(() => this.CONSUME(T.Number_));
          return { kind: "cpus", keyword: this.itemKeyword, number, start: this.itemStart, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.keywordType("try"));
          const time = this.keepOrNull<Time>(() => this.SUBRULE(this.time));
          return { kind: "try", keyword: this.itemKeyword, time, start: this.itemStart, end: this.end() };
        },
      },
    ]);
  });

  private readonly nodeBlock: ParserMethod<[], NodeBlock> = this.RULE("nodeBlock", (): NodeBlock => {
    const word = this.CONSUME(T.Node);
    const number = this.keepNumber(() => this.CONSUME(T.Number_));
    const facts: KswapdFact[] = [];
    const zones: ZoneBlock[] = [];
    this.block("a list of zones", this.first.nodeItem, "`zone`, `kswapd` or `}`", () => {
      const item = this.SUBRULE(this.nodeItem);
      if ("facts" in item) zones.push(item);
      else facts.push(item);
    });
    return { number, facts, zones, start: this.start(word), end: this.end() };
  });

  private readonly nodeItem: ParserMethod<[], ZoneBlock | KswapdFact> = this.RULE(
    "nodeItem",
    (): ZoneBlock | KswapdFact => {
      this.beginItem();
      return this.choose<ZoneBlock | KswapdFact>([
        { ALT: () => this.SUBRULE(this.zoneBlock) },
        {
          ALT: () => {
            this.CONSUME(T.keywordType("kswapd"));
            const value = this.keep<KswapdFact["value"]>(
              () =>
                this.choose2<KswapdFact["value"]>([
                  ...KSWAPD_STATES.map((state, index) => ({
                    ALT: () => {
                      this.consume(index, T.keywordType(state));
                      return state;
                    },
                  })),
                  { ALT: () => this.SUBRULE(this.amount) },
                ]),
              () => null,
            );
            return { kind: "kswapd", keyword: this.itemKeyword, value, start: this.itemStart, end: this.end() };
          },
        },
      ]);
    },
  );

  private readonly zoneBlock: ParserMethod<[], ZoneBlock> = this.RULE("zoneBlock", (): ZoneBlock => {
    const word = this.CONSUME(T.Zone);
    const name = this.keepName(() => this.CONSUME(T.Name, AS.zone));
    const facts = this.SUBRULE(this.zoneFacts);
    return { name, facts, start: this.start(word), end: this.end() };
  });

  private readonly zoneFacts: ParserMethod<[], ZoneFact[]> = this.RULE("zoneFacts", (): ZoneFact[] => {
    const facts: ZoneFact[] = [];
    this.block("a list of what is free", this.first.zoneFact, "a fact such as `managed` or `free`, or `}`", () => {
      facts.push(this.SUBRULE(this.zoneFact));
    });
    return facts;
  });

  /** What was read before damage stays: the list is the caller's. */
  private readonly freeBlocks: ParserMethod<[FreeBlock[]], void> = this.RULE(
    "freeBlocks",
    (blocks: FreeBlock[] = []): void => {
      this.AT_LEAST_ONE_SEP({
        SEP: T.Comma,
        DEF: () => {
          const word = this.CONSUME(T.Order);
          const order = this.numeralOf(this.CONSUME(T.Number_));
          this.CONSUME(T.Colon);
          const count = this.numeralOf(this.CONSUME2(T.Number_));
          blocks.push({ order, count, start: this.start(word), end: count.end });
          if (this.tolerant && this.at(ORDER))
            throw new Damage(this.peek(), "Blocks are separated by commas: write `, order`.", {
              title: "Insert ,",
              text: ", order",
            });
        },
      });
    },
  );

  private readonly marks: ParserMethod<[Mark[]], void> = this.RULE("marks", (marks: Mark[] = []): void => {
    this.AT_LEAST_ONE_SEP({
      SEP: T.Comma,
      DEF: () => {
        const name = this.nameOf(this.CONSUME(T.Name, AS.watermark));
        const value = this.SUBRULE(this.amount);
        marks.push({ name, amount: value, start: name.start, end: this.end() });
      },
    });
  });

  private readonly returning: ParserMethod<[], Numeral> = this.RULE("returning", (): Numeral => {
    this.CONSUME(T.Returning);
    return this.SUBRULE(this.share);
  });

  private readonly zoneFactKinds: IOrAlt<ZoneFact>[] = [
    ...AMOUNT_FACTS.map((kind, index) => ({
      ALT: (): ZoneFact => {
        this.consume(index, T.keywordType(kind));
        const amount = this.keepOrNull(() => this.subrule(index, this.amount));
        return { kind, ...this.zoneFactAt(), amount };
      },
    })),
    ...CACHED_FACTS.map((kind, index) => ({
      ALT: (): ZoneFact => {
        this.consume(FIRST_OF_TABLE + index, T.keywordType(kind));
        const amount = this.keepOrNull(() => this.subrule(FIRST_OF_TABLE + index, this.amount));
        const returning = this.option(FIRST_OF_TABLE + index, {
          GATE: () => !this.tolerant || this.peek().indent < 0,
          DEF: () => this.keepOrNull(() => this.subrule(index, this.returning)),
        });
        return { kind, ...this.zoneFactAt(), amount, returning: returning ?? null };
      },
    })),
    {
      ALT: () => {
        this.CONSUME(T.keywordType("pinned"));
        const sameLine = (): boolean => !this.tolerant || this.peek().indent < 0;
        const mapped = this.OPTION2({ GATE: sameLine, DEF: () => this.CONSUME(T.Mapping) }) !== undefined;
        const amount = this.keepOrNull(() => this.subrule(2 * FIRST_OF_TABLE, this.amount));
        const lasts = this.OPTION3({
          GATE: sameLine,
          DEF: () => {
            this.CONSUME(T.For);
            return this.keepOrNull<Duration>(() => this.SUBRULE(this.duration));
          },
        });
        return { kind: "pinned", ...this.zoneFactAt(), mapped, amount, lasts: lasts ?? null };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Free);
        const blocks: FreeBlock[] = [];
        let of: (typeof FREE_KINDS)[number] | null = null;
        this.keep<void>(
          () => {
            of =
              this.OPTION4(() =>
                this.choose2<(typeof FREE_KINDS)[number]>(
                  FREE_KINDS.map((kind, index) => ({
                    ALT: () => {
                      this.consume(2 * FIRST_OF_TABLE + index, T.keywordType(kind));
                      return kind;
                    },
                  })),
                ),
              ) ?? null;
            this.SUBRULE(this.freeBlocks, { ARGS: [blocks] });
          },
          () => undefined,
        );
        return { kind: "free", ...this.zoneFactAt(), of, blocks };
      },
    },
    ...MARKS_FACTS.map((kind, index) => ({
      ALT: (): ZoneFact => {
        this.consume(3 * FIRST_OF_TABLE + index, T.keywordType(kind));
        const marks: Mark[] = [];
        this.keep<void>(
          () => {
            this.subrule(3 * FIRST_OF_TABLE + index, this.marks, { ARGS: [marks] });
          },
          () => undefined,
        );
        return { kind, ...this.zoneFactAt(), marks };
      },
    })),
    {
      ALT: () => {
        const { itemStart: start, itemKeyword: keyword } = this;
        this.CONSUME(T.Range);
        const facts = this.SUBRULE(this.zoneFacts);
        return { kind: "range", keyword, facts, start, end: this.end() };
      },
    },
  ];

  private readonly zoneFact: ParserMethod<[], ZoneFact> = this.RULE("zoneFact", (): ZoneFact => {
    this.beginItem();
    return this.choose(this.zoneFactKinds);
  });

  private zoneFactAt(): Span & { readonly keyword: Span } {
    return { keyword: this.itemKeyword, start: this.itemStart, end: this.end() };
  }
}
