import {
  EmbeddedActionsParser,
  type IOrAlt,
  type IParserErrorMessageProvider,
  type IToken,
  type ParserMethod,
  type TokenType,
} from "chevrotain";
import type {
  Amount,
  CacheFact,
  Clause,
  Comparison,
  ConfigSetting,
  ContextItem,
  Duration,
  Effect,
  ExpectForm,
  Fact,
  Item,
  KswapdFact,
  MachineFact,
  Mask,
  MaskTest,
  MemoryDeclaration,
  ModelTest,
  Name as NameNode,
  NodeBlock,
  Numeral,
  Predicate,
  Problem,
  Property,
  ScopeItem,
  Size,
  SizeMeasure,
  SizeUnit,
  Span,
  Text,
  Time,
  TimeUnit,
  Version,
  ZoneBlock,
  ZoneFact,
} from "./ast.ts";
import { Grammar } from "./follow.ts";
import { mend, type Finding } from "./recovery.ts";
import { beginsNothing, expected, found, left } from "./wording.ts";
import { FREE_KINDS, KSWAPD_STATES, TIME_UNITS, zoneWords } from "./memory-facts.ts";
import { NUMBER_PROPERTIES } from "./request-properties.ts";
import { AS } from "./roles.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** Masks and predicates nest at most this deep; no real one comes near. */
const MAX_DEPTH = 200;

/** Thrown at the token that cannot stand where it stands. */
class Damage {
  readonly token: Token;
  readonly message: string;
  constructor(token: Token, message: string) {
    this.token = token;
    this.message = message;
  }
}

/** Stands for every damage where only the fact matters, not the words. */
const NOT_VALID = new Damage(T.END, "");

function types(...list: readonly TokenType[]): ReadonlySet<number> {
  return new Set(list.map(T.indexOf));
}

const ITEM_STARTS = types(...T.ITEM_KEYWORDS);
const NO_STARTS: ReadonlySet<number> = new Set();
/** Words that end a mask where a name would continue it. */
const MASK_ENDS = types(T.And, T.Or, T.When, T.Because, T.Internal, T.Honours, T.Gives, T.Otherwise);

const NAME = T.indexOf(T.Name);
const NUMBER = T.indexOf(T.Number_);
const NAMES: ReadonlySet<number> = new Set([NAME, ...types(...T.KEYWORDS.values())]);
const LCURLY = T.indexOf(T.LCurly);
const RCURLY = T.indexOf(T.RCurly);
const LPAREN = T.indexOf(T.LParen);
const RPAREN = T.indexOf(T.RParen);
const TILDE = T.indexOf(T.Tilde);
const COMMA = T.indexOf(T.Comma);
const SEMI = T.indexOf(T.Semi);
const PIPE = T.indexOf(T.Pipe);
const AMP = T.indexOf(T.Amp);
const COMPARE = T.indexOf(T.Compare);
const EQUALS = T.indexOf(T.Equals);
const MINUS = T.indexOf(T.Minus);
const DOT = T.indexOf(T.Dot);
const NOT = T.indexOf(T.Not);
const END = T.indexOf(T.EOF);

const CONDITION = "a condition such as `has`, `lacks`, `only`, `in` or `order`";
const NAME_OR_NUMBER = new Set([...NAMES, NUMBER]);
const SETTING_VALUES = new Set([NUMBER, ...types(T.On, T.Off)]);
const NODE_VALUES = new Set([NUMBER, ...types(T.Any)]);
const HANDLES_VALUES = types(T.Null, T.Nothing);
const MODE_CONDITIONS = types(T.When, T.Otherwise);
const MEMORY_SOURCES = new Set([LCURLY, ...types(T.From)]);

/** The rules of which the parser asks what they begin with. */
type Asked =
  | "property"
  | "contextItem"
  | "scopeItem"
  | "cacheFact"
  | "clause"
  | "memoryItem"
  | "nodeItem"
  | "zoneFact"
  | "mask"
  | "predicate"
  /** A condition without the `not` before it. */
  | "test"
  | "expectForm";

/** The types of the tokens that a rule may begin with. */
type Starts = Readonly<Record<Asked, ReadonlySet<number>>>;

function startsBy(find: (rule: Asked) => ReadonlySet<number>): Starts {
  return {
    property: find("property"),
    contextItem: find("contextItem"),
    scopeItem: find("scopeItem"),
    cacheFact: find("cacheFact"),
    clause: find("clause"),
    memoryItem: find("memoryItem"),
    nodeItem: find("nodeItem"),
    zoneFact: find("zoneFact"),
    mask: find("mask"),
    predicate: find("predicate"),
    test: find("test"),
    expectForm: find("expectForm"),
  };
}

/** What a rule begins with, by the grammar as Chevrotain recorded it; where a name stands, a keyword may. */
function startsIn(grammar: Grammar, rule: Asked): ReadonlySet<number> {
  if (rule === "test") return new Set([...startsIn(grammar, "predicate")].filter((type) => type !== NOT));
  const found = grammar.firstOf(rule).found.map(({ type }) => T.indexOf(type));
  return new Set(found.includes(NAME) ? [...found, ...NAMES] : found);
}

/** Ends behind the tokens, so that looking ahead needs no check of bounds. */
export const PADDING = 4;
const NO_TOKENS: readonly Token[] = Array.from({ length: PADDING }, () => T.END);

/** Chevrotain numbers the tokens of a type in a rule; those that a table makes begin here, behind the written ones. */
const FIRST_OF_TABLE = 10;

const AMOUNT_FACTS = zoneWords("amount");
const CACHED_FACTS = zoneWords("cached");
const MARKS_FACTS = zoneWords("marks");

type FreeBlock = Extract<ZoneFact, { kind: "free" }>["blocks"][number];
type Mark = Extract<ZoneFact, { kind: "watermarks" }>["marks"][number];
type MemorySource = NonNullable<MemoryDeclaration["source"]>;
type MemoryItem = MachineFact | { readonly kind: "node"; readonly node: NodeBlock };

/** What a strict parse found: the item and the index after its last token, or how far it got. */
export type StrictResult =
  | { readonly valid: true; readonly item: Item; readonly next: number }
  | { readonly valid: false; readonly seen: number };

export interface TolerantResult<Node> {
  readonly node: Node;
  readonly problems: readonly Problem[];
}

/**
 * The grammar of `.allocpolicy` in Chevrotain's rules, with actions that build the tree of `ast.ts`.
 *
 * It runs in two ways. *Strict*: on the tokens of a whole file, from a given one on; accepts one header or declaration
 * that is valid, and gives up at the first damage. *Tolerant*: on the tokens of one region that the strict way gave up
 * on; goes on after damage and says what is wrong. Damage in a property leaves the property in the tree, its value
 * missing.
 *
 * Chevrotain's own recovery stays off: it knows token types only, and what separates two mistakes here is mostly where
 * a line begins.
 */
export class AllocPolicyParser extends EmbeddedActionsParser {
  /** Padded with `PADDING` ends. */
  private tokens: readonly Token[] = NO_TOKENS;
  /** The index of the token that was consumed last. */
  protected position = -1;
  private base = 0;
  private doc: string | null = null;
  private depth = 0;

  /** By the grammar itself, as soon as it is recorded. */
  readonly first: Starts = startsBy(() => NO_STARTS);

  private tolerant = false;
  /** What may begin an item of the block that is being read. */
  private starts: ReadonlySet<number> = NO_STARTS;
  private blocks = 0;
  private lastClosing = -1;
  private balanced = true;
  private findings: readonly Finding[] = [];
  private nextFinding = 0;
  private problems: Problem[] = [];
  /** Set by a problem: further ones say nothing new until an item in between was found in order. */
  private quiet = false;
  /** Counts problems, those kept quiet included. */
  private events = 0;
  /** What may begin an item of the block around the current one. */
  private outer: ReadonlySet<number> = NO_STARTS;
  /** Within a list of masks, where commas separate. */
  private list = false;
  /** Where the item of a block begins that is being read, and its keyword; items of that kind do not nest. */
  private itemStart = 0;
  private itemKeyword: Span = { start: 0, end: 0 };
  /** The depth at which leftovers are being joined to a mask: the pieces themselves take no further ones. */
  private joining = -1;

  constructor() {
    const errorMessageProvider: IParserErrorMessageProvider = {
      buildMismatchTokenMessage: ({ expected: type, ruleName }) => this.giveUp(ruleName, type.name),
      buildNoViableAltMessage: ({ ruleName }) => this.giveUp(ruleName, ""),
      buildEarlyExitMessage: ({ ruleName }) => this.giveUp(ruleName, ""),
      buildNotAllInputParsedMessage: ({ ruleName }) => this.giveUp(ruleName, ""),
    };
    super(T.VOCABULARY, { maxLookahead: 1, recoveryEnabled: false, skipValidations: true, errorMessageProvider });
    this.performSelfAnalysis();
    const grammar = new Grammar(this.getGAstProductions());
    this.first = startsBy((rule) => startsIn(grammar, rule));
  }

  // The ways in -------------------------------------------------------------------------------------------------------

  /** Reads the header or declaration that begins at `index`; `base` is where its region starts. */
  readStrict(tokens: readonly Token[], index: number, base: number, doc: string | null): StrictResult {
    this.begin(tokens, index, base, doc);
    try {
      const item = this.item();
      return { valid: true, item, next: this.position + 1 };
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      return { valid: false, seen: this.position + 2 };
    }
  }

  /** Reads all tokens as one header or declaration, whatever is wrong with them. */
  readTolerant(tokens: readonly Token[], base: number, doc: string | null): TolerantResult<Item | null> {
    return this.readMended(tokens, base, doc, () => {
      if (!ITEM_STARTS.has(this.peek().tokenTypeIdx)) {
        this.report(this.peek(), beginsNothing(this.peek().image));
        return null;
      }
      return this.keep<Item | null>(
        () => this.item(),
        () => null,
      );
    });
  }

  /** Reads all tokens as a mask. */
  readMask(tokens: readonly Token[]): TolerantResult<Mask> {
    return this.readMended(tokens, 0, null, () =>
      this.keep<Mask>(
        () => this.mask(),
        () => this.missingMask(),
      ),
    );
  }

  /** Reads all tokens as a size. */
  readSize(tokens: readonly Token[]): TolerantResult<Size | null> {
    return this.readMended(tokens, 0, null, () =>
      this.keep<Size | null>(
        () => this.size(),
        () => null,
      ),
    );
  }

  private readMended<Node>(
    tokens: readonly Token[],
    base: number,
    doc: string | null,
    read: () => Node,
  ): TolerantResult<Node> {
    const mended = mend(tokens);
    this.begin([...mended.tokens, ...NO_TOKENS], 0, base, doc);
    this.tolerant = true;
    this.findings = mended.findings;
    let open = 0;
    for (let i = 0; i < mended.tokens.length; i++) {
      const type = mended.tokens[i]?.tokenTypeIdx;
      if (type === LCURLY) open++;
      else if (type === RCURLY) {
        open--;
        this.lastClosing = i;
      }
    }
    this.balanced = open === 0;
    const node = read();
    const rest = this.peek();
    if (rest.tokenTypeIdx !== END) this.report(rest, left(rest.image));
    this.position = tokens.length;
    this.flush(Number.POSITIVE_INFINITY);
    const problems = this.problems;
    this.begin(NO_TOKENS, 0, 0, null);
    return { node, problems };
  }

  private begin(tokens: readonly Token[], index: number, base: number, doc: string | null): void {
    this.tokens = tokens;
    this.position = index - 1;
    this.base = base;
    this.doc = doc;
    this.depth = 0;
    this.tolerant = false;
    this.starts = NO_STARTS;
    this.blocks = 0;
    this.lastClosing = -1;
    this.balanced = true;
    this.findings = [];
    this.nextFinding = 0;
    this.problems = [];
    this.quiet = false;
    this.events = 0;
    this.outer = NO_STARTS;
    this.list = false;
    this.joining = -1;
  }

  // The tokens, in place of Chevrotain's own token vector: one array serves all regions of a file ---------------------

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

  private peek(ahead = 1): Token {
    return this.tokens[this.position + ahead] ?? T.END;
  }
  private previous(): Token {
    return this.tokens[this.position] ?? T.END;
  }
  private at(type: number): boolean {
    return this.peek().tokenTypeIdx === type;
  }

  // Chevrotain infers the type of a choice from its alternatives; ours is told, so that each alternative is checked
  // against it.
  private choose<Node>(alternatives: IOrAlt<Node>[]): Node {
    return this.OR(alternatives);
  }
  private choose2<Node>(alternatives: IOrAlt<Node>[]): Node {
    return this.OR2(alternatives);
  }
  private choose3<Node>(alternatives: IOrAlt<Node>[]): Node {
    return this.OR3(alternatives);
  }

  // Spans -------------------------------------------------------------------------------------------------------------

  private start(token: { readonly startOffset: number }): number {
    return token.startOffset - this.base;
  }
  /** The end of what was consumed last. */
  private end(): number {
    return this.endOf(this.previous());
  }
  private endOf(token: IToken): number {
    return (token.endOffset ?? token.startOffset) + 1 - this.base;
  }
  private nameOf(token: IToken): NameNode {
    return { text: token.image, start: token.startOffset - this.base, end: this.endOf(token) };
  }
  private numeralOf(token: IToken): Numeral {
    return {
      text: token.image,
      value: numberValue(token.image),
      start: token.startOffset - this.base,
      end: this.endOf(token),
    };
  }
  private textOf(token: IToken): Text {
    return { value: stringValue(token.image), start: token.startOffset - this.base, end: this.endOf(token) };
  }
  private missingMask(): Mask {
    const at = Math.max(0, this.end());
    return { kind: "missing", start: at, end: at };
  }
  private missingPredicate(): Predicate {
    const at = Math.max(0, this.end());
    return { kind: "missing", start: at, end: at };
  }

  // Damage ------------------------------------------------------------------------------------------------------------

  private giveUp(ruleName: string, tokenName: string): never {
    if (!this.tolerant) throw NOT_VALID;
    throw new Damage(this.peek(), expected(ruleName, tokenName, found(this.peek().image)));
  }

  /** Gives up unless the next token is one of `allowed`. */
  private need(allowed: ReadonlySet<number>, what: string): void {
    if (this.RECORDING_PHASE || allowed.has(this.peek().tokenTypeIdx)) return;
    if (!this.tolerant) throw NOT_VALID;
    throw new Damage(this.peek(), `Expected ${what}, ${found(this.peek().image)}.`);
  }

  private report(token: Token, message: string, fix?: { readonly title: string; readonly text: string }): void {
    const last = this.tokens[this.tokens.length - PADDING - 1] ?? T.END;
    const start = token.tokenTypeIdx === END ? Math.max(0, last.startOffset - this.base) : this.start(token);
    const end =
      token.tokenTypeIdx === END ? Math.max(0, last.endOffset + 1 - this.base) : token.endOffset + 1 - this.base;
    this.flush(start);
    this.add(fix === undefined ? { start, end, message } : { start, end, message, fix: { ...fix, start, end } });
  }

  private add(problem: Problem): void {
    if (!this.quiet) this.problems.push(problem);
    this.quiet = true;
    this.events++;
  }

  /** Reports what `mend` found before `offset`. */
  private flush(offset: number): void {
    for (
      let finding = this.findings[this.nextFinding];
      finding !== undefined;
      finding = this.findings[this.nextFinding]
    ) {
      if (finding.start - this.base > offset) return;
      this.nextFinding++;
      const { start, end, message, fix } = finding;
      this.add({
        start: start - this.base,
        end: end - this.base,
        message,
        ...(fix === undefined
          ? {}
          : { fix: { title: fix.title, text: fix.text, start: fix.start - this.base, end: fix.end - this.base } }),
      });
    }
  }

  /** Reads a value; if it is damaged, reports that, goes on to the next item, and gives `missing` instead. */
  private keep<Node>(read: () => Node, missing: () => Node): Node {
    if (!this.tolerant) return read();
    const { depth, starts, blocks, outer, list, joining } = this;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      this.report(error.token, error.message);
      this.depth = depth;
      this.starts = starts;
      this.blocks = blocks;
      this.outer = outer;
      this.list = list;
      this.joining = joining;
      const node = missing();
      this.skip();
      return node;
    }
  }

  /** Goes to the next token that ends the damaged item: a line that begins an item, a `;`, the end of the block. */
  protected skip(): void {
    let open = 0;
    for (;;) {
      const token = this.peek();
      const type = token.tokenTypeIdx;
      if (type === END) return;
      if (open === 0 && token.indent >= 0 && this.starts.has(type)) return;
      if (open === 0 && type === SEMI) return;
      if (type === LCURLY) open++;
      else if (type === RCURLY) {
        if (open === 0) return;
        open--;
      }
      this.position++;
    }
  }

  /** Reads the items of a block; `many` reads as many as it can. */
  protected items(starts: ReadonlySet<number>, what: string, many: () => void): void {
    if (!this.tolerant) {
      many();
      return;
    }
    const { starts: around, outer } = this;
    this.outer = around;
    this.starts = starts;
    this.blocks++;
    do many();
    while (this.skipJunk(what));
    this.blocks--;
    this.starts = around;
    this.outer = outer;
  }

  /** At something that begins no item: true if the block goes on after it. */
  protected skipJunk(what: string): boolean {
    const token = this.peek();
    const type = token.tokenTypeIdx;
    if (type === END) return false;
    if (type === RCURLY) {
      if (this.blocks > 1 || this.position + 1 >= this.lastClosing) return false;
      this.report(token, "This `}` ends the declaration too early: remove it, or write the `{` that belongs to it.");
      this.position++;
      return true;
    }
    if (token.indent >= 0 && this.blocks > 1 && this.outer.has(type)) return false;
    const before = this.position;
    this.report(token, `Expected ${what}, ${found(token.image)}.`);
    this.skip();
    if (this.at(SEMI)) this.position++;
    else if (this.position === before && !this.at(RCURLY)) this.position++;
    return true;
  }

  /** Reads one item of a block; if it is in order, later damage is a mistake of its own and is reported. */
  private settled(read: () => void): void {
    if (!this.tolerant) {
      read();
      return;
    }
    const before = this.events;
    read();
    this.flush(this.at(END) ? Number.POSITIVE_INFINITY : this.start(this.peek()));
    if (!this.balanced) return;
    const { tokenTypeIdx: type, indent } = this.peek();
    // Damage that a line ends, with a proper item on the next, is over.
    if (
      this.events === before
        ? this.starts.has(type) || type === RCURLY || type === END
        : indent >= 0 && this.starts.has(type)
    )
      this.quiet = false;
  }

  private open(consume: () => unknown, what: string): void {
    if (!this.tolerant || this.at(LCURLY)) {
      consume();
      return;
    }
    this.report(this.peek(), `Expected \`{\`, ${found(this.peek().image)}: ${what} follows between braces.`);
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

  private close(consume: () => unknown): void {
    if (!this.tolerant || this.at(RCURLY)) {
      consume();
      return;
    }
    if (this.problems.length === 0)
      this.report(this.at(END) ? T.END : this.previous(), "A `}` is missing: write it after this.");
  }

  /** True if the list goes on: a comma stood here, or should have. */
  private afterListItem(comma: unknown, what: string): void {
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

  /** A name that a value needs; null (and a problem) if the next line begins another item instead. */
  private nameOrNothing(consume: () => IToken): NameNode | null {
    if (this.tolerant) {
      const token = this.peek();
      if (token.indent >= 0 && this.starts.has(token.tokenTypeIdx))
        throw new Damage(this.previous(), `A name is missing after \`${this.previous().image}\`.`);
    }
    return this.nameOf(consume());
  }

  // Lists and small parts ---------------------------------------------------------------------------------------------

  private readonly names: ParserMethod<[], NameNode[]> = this.RULE("names", (): NameNode[] => {
    const names: NameNode[] = [];
    this.need(NAMES, "a name");
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => names.push(this.nameOf(this.CONSUME(T.Name))) });
    return names;
  });

  private readonly size: ParserMethod<[], Size> = this.RULE("size", (): Size => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    const unit = this.OPTION(() => this.CONSUME(T.Unit));
    if (this.tolerant) this.checkSize();
    return { number, unit: unit === undefined ? null : unitOf(unit.image), start: number.start, end: this.end() };
  });

  /** What people write for a size and the language does not have. */
  private checkSize(): void {
    const token = this.peek();
    if (token.indent >= 0) return;
    if (token.image === "." && this.peek(2).tokenTypeIdx === NUMBER) {
      this.report(token, "A size is a whole number: write it in a smaller unit.");
      this.position += 2;
      if (NAMES.has(this.peek().tokenTypeIdx) && this.peek().indent < 0) this.position++;
      return;
    }
    const unit = meantUnit(token.image);
    if (unit === null || !NAMES.has(token.tokenTypeIdx)) return;
    this.report(token, `\`${token.image}\` is no unit: write \`${unit}\`.`, { title: `Write ${unit}`, text: unit });
    this.position++;
  }

  private readonly amount: ParserMethod<[], Amount> = this.RULE("amount", (): Amount => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    let unit: SizeUnit | null = null;
    let pages = false;
    this.OPTION(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(T.Pages);
            pages = true;
          },
        },
        {
          ALT: () => {
            unit = unitOf(this.CONSUME(T.Unit).image);
          },
        },
      ]),
    );
    if (this.tolerant) this.checkSize();
    const { start } = number;
    const end = this.end();
    return pages
      ? { kind: "pages", number, start, end }
      : { kind: "size", size: { number, unit, start, end }, start, end };
  });

  private readonly fact: ParserMethod<[], Fact> = this.RULE("fact", (): Fact => {
    const name = this.nameOf(this.CONSUME(T.Name, AS.fact));
    let value: NameNode | Numeral | null = null;
    let share: Numeral | null = null;
    this.OPTION({
      GATE: () => !this.tolerant || this.peek().indent < 0,
      DEF: () =>
        this.OR([
          {
            ALT: () => {
              this.CONSUME(T.In);
              share = this.SUBRULE(this.share);
            },
          },
          {
            ALT: () => {
              value = this.nameOf(this.CONSUME2(T.Name, AS.factValue));
            },
          },
          {
            ALT: () => {
              value = this.numeralOf(this.CONSUME(T.Number_, AS.factValue));
            },
          },
        ]),
    });
    return { name, value, share, start: name.start, end: this.end() };
  });

  /** `95 %` */
  private readonly share: ParserMethod<[], Numeral> = this.RULE("share", (): Numeral => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    this.CONSUME(T.Percent);
    return number;
  });

  private readonly time: ParserMethod<[], Time> = this.RULE("time", (): Time => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    const unit = timeUnitOf(this.CONSUME(T.TimeUnit).image);
    return { number, unit, start: number.start, end: this.end() };
  });

  /** Behind `for`. */
  private readonly duration: ParserMethod<[], Duration> = this.RULE("duration", (): Duration => {
    const start = this.start(this.peek());
    return this.choose<Duration>([
      {
        ALT: () => {
          this.CONSUME(T.Ever);
          return { kind: "ever", start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.About);
          const time = this.SUBRULE(this.time);
          return { kind: "about", time, start, end: this.end() };
        },
      },
      {
        ALT: () => {
          const from = this.SUBRULE2(this.time);
          const to = this.OPTION(() => {
            this.CONSUME(T.DotDot);
            return this.SUBRULE3(this.time);
          });
          return to === undefined
            ? { kind: "exactly", time: from, start, end: this.end() }
            : { kind: "between", from, to, start, end: this.end() };
        },
      },
    ]);
  });

  private readonly facts: ParserMethod<[], Fact[]> = this.RULE("facts", (): Fact[] => {
    const facts: Fact[] = [];
    this.open(() => this.CONSUME(T.LCurly), "a list of facts");
    this.items(NO_STARTS, "a fact or `}`", () =>
      this.MANY({
        GATE: () => !this.tolerant || this.peek().indent < 0 || !this.outerStart(),
        DEF: () =>
          this.settled(() => {
            facts.push(this.SUBRULE(this.fact));
            this.afterListItem(
              this.OPTION(() => this.CONSUME(T.Comma, AS.separator)),
              "Facts",
            );
          }),
      }),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return facts;
  });

  /** In a list between braces: whether a line begins an item of the block around it. */
  private outerStart(): boolean {
    return this.outer.has(this.peek().tokenTypeIdx) && !this.balanced;
  }

  // Masks -------------------------------------------------------------------------------------------------------------

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
      } else if (type === COMMA && !this.list && this.blocks > 0 && this.peek(2).indent < 0) {
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

  private deeper(): void {
    this.depth++;
    if (this.depth <= MAX_DEPTH) return;
    if (!this.tolerant) throw NOT_VALID;
    throw new Damage(this.previous(), `This nests more than ${MAX_DEPTH} deep: write it with fewer parentheses.`);
  }

  private closeParen(consume: () => unknown, open: IToken): void {
    this.depth--;
    if (!this.tolerant || this.at(RPAREN)) {
      consume();
      return;
    }
    this.report({ ...T.END, ...open, indent: -1 }, "This `(` is not closed: write the `)`.");
  }

  // Predicates --------------------------------------------------------------------------------------------------------

  private readonly predicate: ParserMethod<[], Predicate> = this.RULE("predicate", (): Predicate => {
    const ors: Predicate[] = [];
    this.need(this.first.predicate, CONDITION);
    this.AT_LEAST_ONE_SEP({
      SEP: T.Or,
      DEF: () => {
        this.need(this.first.predicate, CONDITION);
        const ands: Predicate[] = [];
        this.AT_LEAST_ONE_SEP2({ SEP: T.And, DEF: () => ands.push(this.SUBRULE(this.condition)) });
        ors.push(this.combined("and", ands));
      },
    });
    return this.combined("or", ors);
  });

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
    this.need(this.first.test, CONDITION);
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

  private keepMask(read: () => Mask): Mask {
    return this.keep<Mask>(read, () => this.missingMask());
  }
  private keepPredicate(read: () => Predicate): Predicate {
    return this.keep<Predicate>(read, () => this.missingPredicate());
  }

  // Headers -----------------------------------------------------------------------------------------------------------

  private readonly version: ParserMethod<[], Version> = this.RULE("version", (): Version => {
    const first = this.OR([
      { ALT: () => this.CONSUME(T.Number_, AS.version) },
      {
        ALT: () => {
          const vendor = this.CONSUME(T.Name, AS.version);
          this.CONSUME(T.Minus);
          this.CONSUME2(T.Number_);
          return vendor;
        },
      },
    ]);
    this.CONSUME(T.Dot);
    this.OR2([{ ALT: () => this.CONSUME3(T.Number_) }, { ALT: () => this.CONSUME2(T.Name, AS.rest) }]);
    // What kernels call themselves goes on: `5.15.0-91-generic`, `3.10.0-1160.el7.x86_64`.
    this.MANY(() => {
      this.OR3([{ ALT: () => this.CONSUME2(T.Dot) }, { ALT: () => this.CONSUME2(T.Minus) }]);
      this.OR4([{ ALT: () => this.CONSUME4(T.Number_) }, { ALT: () => this.CONSUME3(T.Name, AS.rest) }]);
    });
    return { text: this.RECORDING_PHASE ? "" : this.written(first), start: this.start(first), end: this.end() };
  });

  /** The text from a token to the one consumed last, without what stands between tokens. */
  private written(first: IToken): string {
    let text = "";
    for (let i = this.position; i >= 0; i--) {
      const token = this.tokens[i];
      if (token === undefined) break;
      text = token.image + text;
      if (token.startOffset <= first.startOffset) break;
    }
    return text;
  }

  private readonly kernelHeader: ParserMethod<[], Item> = this.RULE("kernelHeader", (): Item => {
    const word = this.CONSUME(T.Kernel);
    const { doc } = this;
    const versions: Version[] = [];
    let range = false;
    this.keep<void>(
      () => {
        versions.push(this.SUBRULE(this.version));
        this.OPTION(() =>
          this.OR([
            {
              ALT: () => {
                this.CONSUME(T.DotDot);
                range = true;
                versions.push(this.SUBRULE2(this.version));
              },
            },
            {
              ALT: () =>
                this.AT_LEAST_ONE(() => {
                  this.CONSUME(T.Comma);
                  versions.push(this.SUBRULE3(this.version));
                }),
            },
          ]),
        );
        if (this.tolerant && this.at(NUMBER) && this.peek().indent < 0)
          throw new Damage(this.peek(), `Versions are separated by commas: write \`, ${this.peek().image}\`.`);
      },
      () => undefined,
    );
    return {
      kind: "kernel",
      doc,
      versions,
      range: range && versions.length === 2,
      start: this.start(word),
      end: this.end(),
    };
  });

  private readonly configHeader: ParserMethod<[], Item> = this.RULE("configHeader", (): Item => {
    const word = this.CONSUME(T.Config);
    const { doc } = this;
    const settings: ConfigSetting[] = [];
    this.open(() => this.CONSUME(T.LCurly), "a list of build options");
    this.items(NO_STARTS, "a build option or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          const option = this.nameOf(this.CONSUME(T.Name, AS.option));
          const value = this.keep<ConfigSetting["value"]>(
            () => {
              this.need(SETTING_VALUES, "`on`, `off` or a size");
              return this.choose<ConfigSetting["value"]>([
                {
                  ALT: () => {
                    this.CONSUME(T.On);
                    return "on";
                  },
                },
                {
                  ALT: () => {
                    this.CONSUME(T.Off);
                    return "off";
                  },
                },
                { ALT: () => this.SUBRULE(this.size, AS.optionValue) },
              ]);
            },
            () => null,
          );
          settings.push({ option, value, start: option.start, end: this.end() });
          this.OPTION(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return { kind: "config", doc, settings, start: this.start(word), end: this.end() };
  });

  private readonly importHeader: ParserMethod<[], Item> = this.RULE("importHeader", (): Item => {
    const word = this.CONSUME(T.Import);
    const { doc } = this;
    const path = this.keep<Text | null>(
      () => this.textOf(this.CONSUME(T.String_)),
      () => null,
    );
    return { kind: "import", doc, path, start: this.start(word), end: this.end() };
  });

  // Declarations ------------------------------------------------------------------------------------------------------

  /** The name of a declaration; null and a problem if it is missing. */
  private declared(consume: () => IToken): NameNode | null {
    if (this.tolerant && !NAMES.has(this.peek().tokenTypeIdx)) {
      const word = this.previous();
      const token = this.peek();
      const type = token.tokenTypeIdx;
      if (type === NUMBER && NAMES.has(this.peek(2).tokenTypeIdx) && this.peek(2).startOffset === token.endOffset + 1) {
        this.report(token, "A name does not begin with a digit.");
        this.position++;
        return this.nameOf(consume());
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
    const name = this.nameOf(consume());
    if (this.tolerant) this.joinName(name.text);
    return name;
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

  private readonly flagsDeclaration: ParserMethod<[], Item> = this.RULE("flagsDeclaration", (): Item => {
    const word = this.CONSUME(T.Flags);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const value = this.keepMask(() => {
      this.CONSUME(T.Equals);
      return this.SUBRULE(this.mask);
    });
    return { kind: "flags", doc, name, value, start: this.start(word), end: this.end() };
  });

  private readonly flagDeclaration: ParserMethod<[], Item> = this.RULE("flagDeclaration", (): Item => {
    const word = this.CONSUME(T.Flag);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    return { kind: "flag", doc, name, start: this.start(word), end: this.end() };
  });

  private readonly transformDeclaration: ParserMethod<[], Item> = this.RULE("transformDeclaration", (): Item => {
    const word = this.CONSUME(T.Transform);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    let parameter: NameNode | null = null;
    const body = this.keepMask(() => {
      this.CONSUME(T.LParen);
      parameter = this.nameOf(this.CONSUME2(T.Name, AS.declared));
      this.CONSUME(T.RParen);
      this.CONSUME(T.Equals);
      return this.SUBRULE(this.mask);
    });
    return { kind: "transform", doc, name, parameter, body, start: this.start(word), end: this.end() };
  });

  private readonly allocatorDeclaration: ParserMethod<[], Item> = this.RULE("allocatorDeclaration", (): Item => {
    const word = this.CONSUME(T.Allocator);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    let parameters: NameNode[] = [];
    let callee: NameNode | null = null;
    const given = this.keep<Mask[]>(
      () => {
        this.CONSUME(T.LParen);
        parameters = this.OPTION(() => this.SUBRULE(this.names, AS.declared)) ?? [];
        this.CONSUME(T.RParen);
        this.CONSUME(T.Equals);
        callee = this.nameOf(this.CONSUME2(T.Name, AS.api));
        this.CONSUME2(T.LParen);
        const masks = this.OPTION2(() => this.SUBRULE(this.masks)) ?? [];
        this.CONSUME2(T.RParen);
        return masks;
      },
      () => [],
    );
    return {
      kind: "allocator",
      doc,
      name,
      parameters,
      callee,
      arguments: given,
      start: this.start(word),
      end: this.end(),
    };
  });

  private readonly contextDeclaration: ParserMethod<[], Item> = this.RULE("contextDeclaration", (): Item => {
    const word = this.CONSUME(T.Context);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const like =
      this.OPTION(() => {
        this.CONSUME(T.Like);
        return this.keep<NameNode | null>(
          () => this.nameOf(this.CONSUME2(T.Name, AS.context)),
          () => null,
        );
      }) ?? null;
    const items: ContextItem[] = [];
    this.open(() => this.CONSUME(T.LCurly), "what the context is");
    this.items(this.first.contextItem, "`in`, `holds`, `scope`, `for`, `between` or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          items.push(this.SUBRULE(this.contextItem));
          this.OPTION2(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return { kind: "context", doc, name, like, items, start: this.start(word), end: this.end() };
  });

  private readonly contextItem: ParserMethod<[], ContextItem> = this.RULE(
    "contextItem",
    (): ContextItem =>
      this.choose<ContextItem>([
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.In));
            const context = this.keep<NameNode | null>(
              () => this.nameOrNothing(() => this.CONSUME(T.Name, AS.context)),
              () => null,
            );
            return { kind: "in", context, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Holds));
            const lock = this.keep<NameNode | null>(
              () => this.nameOrNothing(() => this.CONSUME2(T.Name, AS.lock)),
              () => null,
            );
            const label = this.OPTION(() => this.textOf(this.CONSUME(T.String_))) ?? null;
            return { kind: "holds", lock, label, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Scope));
            const scopes = this.keep<NameNode[]>(
              () => this.SUBRULE(this.names, AS.scope),
              () => [],
            );
            return { kind: "scope", scopes, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.For));
            const functions = this.keep<(NameNode | Text)[]>(
              () => this.SUBRULE(this.functions),
              () => [],
            );
            return { kind: "for", functions, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Between));
            let takes: NameNode | null = null;
            const gives = this.keep<NameNode | null>(
              () => {
                takes = this.nameOf(this.CONSUME3(T.Name, AS.declared));
                this.CONSUME(T.And);
                return this.nameOf(this.CONSUME4(T.Name, AS.declared));
              },
              () => null,
            );
            return { kind: "between", takes, gives, start, end: this.end() };
          },
        },
      ]),
  );

  private readonly functions: ParserMethod<[], (NameNode | Text)[]> = this.RULE(
    "functions",
    (): (NameNode | Text)[] => {
      const functions: (NameNode | Text)[] = [];
      this.AT_LEAST_ONE_SEP({
        SEP: T.Comma,
        DEF: () =>
          functions.push(
            this.choose<NameNode | Text>([
              { ALT: () => this.nameOf(this.CONSUME(T.Name, AS.declared)) },
              { ALT: () => this.textOf(this.CONSUME(T.String_)) },
            ]),
          ),
      });
      return functions;
    },
  );

  private readonly scopeDeclaration: ParserMethod<[], Item> = this.RULE("scopeDeclaration", (): Item => {
    const word = this.CONSUME(T.Scope);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const items: ScopeItem[] = [];
    this.open(() => this.CONSUME(T.LCurly), "what the scope does to a mask");
    this.items(this.first.scopeItem, "`clears`, `adds` or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          items.push(this.SUBRULE(this.scopeItem));
          this.OPTION(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return { kind: "scope", doc, name, items, start: this.start(word), end: this.end() };
  });

  private readonly scopeItem: ParserMethod<[], ScopeItem> = this.RULE("scopeItem", (): ScopeItem => {
    const word = this.choose<IToken>([{ ALT: () => this.CONSUME(T.Clears) }, { ALT: () => this.CONSUME(T.Adds) }]);
    const start = this.start(word);
    const mask = this.keepMask(() => this.SUBRULE(this.mask));
    return { kind: word.image === "adds" ? "adds" : "clears", mask, start, end: this.end() };
  });

  private readonly requestDeclaration: ParserMethod<[], Item> = this.RULE("requestDeclaration", (): Item => {
    const word = this.CONSUME(T.Request);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const like =
      this.OPTION(() => {
        this.CONSUME(T.Like);
        return this.keep<NameNode | null>(
          () => this.nameOf(this.CONSUME2(T.Name, AS.request)),
          () => null,
        );
      }) ?? null;
    const properties: Property[] = [];
    this.open(() => this.CONSUME(T.LCurly), "the request");
    this.items(this.first.property, "a property such as `api` or `flags`, or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          properties.push(this.SUBRULE(this.property));
          this.OPTION2(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return { kind: "request", doc, name, like, properties, start: this.start(word), end: this.end() };
  });

  private keepName(consume: () => IToken): NameNode | null {
    return this.keep<NameNode | null>(
      () => this.nameOrNothing(consume),
      () => null,
    );
  }
  private keepNumeral(read: () => Numeral): Numeral | null {
    return this.keep<Numeral | null>(read, () => null);
  }

  private keepNumber(consume: () => IToken): Numeral | null {
    return this.keep<Numeral | null>(
      () => this.numeralOf(consume()),
      () => null,
    );
  }
  private keepAmount(read: () => Amount): Amount | null {
    return this.keep<Amount | null>(read, () => null);
  }
  private keepSize(read: () => Size): Size | null {
    return this.keep<Size | null>(read, () => null);
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
        const size = this.keep<Size | null>(
          () => this.SUBRULE(this.sizeValue),
          () => null,
        );
        return { kind: "size", keyword: this.itemKeyword, size, start: this.itemStart, end: this.end() };
      },
    },
    ...NUMBER_PROPERTIES.map((kind, index) => ({
      ALT: (): Property => {
        this.consume(FIRST_OF_TABLE + index, T.keywordType(kind));
        const number = this.keep<Numeral | null>(
          () => this.subrule(FIRST_OF_TABLE + index, this.numberValue),
          () => null,
        );
        return { kind, keyword: this.itemKeyword, number, start: this.itemStart, end: this.end() };
      },
    })),
    {
      ALT: () => {
        this.CONSUME(T.Context);
        const context = this.keepName(() => this.CONSUME2(T.Name, AS.context));
        return { kind: "context", keyword: this.itemKeyword, context, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Node);
        const node = this.keep<Numeral | "any" | null>(
          () => {
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
          },
          () => null,
        );
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
        const handles = this.keep<"null" | "nothing" | null>(
          () => {
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
          },
          () => null,
        );
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
        const policies = this.keep<NameNode[]>(
          () => this.SUBRULE(this.names, AS.policy),
          () => [],
        );
        return { kind: "policy", keyword: this.itemKeyword, policies, start: this.itemStart, end: this.end() };
      },
    },
    {
      ALT: () => {
        this.CONSUME(T.Expect);
        const facts = this.keep<Fact[]>(
          () => this.SUBRULE(this.facts),
          () => [],
        );
        return { kind: "expect", keyword: this.itemKeyword, facts, start: this.itemStart, end: this.end() };
      },
    },
    { ALT: () => this.SUBRULE(this.waiver) },
  ];

  private readonly property: ParserMethod<[], Property> = this.RULE("property", (): Property => {
    const first = this.peek();
    this.itemStart = this.start(first);
    this.itemKeyword = { start: this.itemStart, end: this.endOf(first) };
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
    const because = this.keep<Text | null>(
      () => {
        const first = this.CONSUME(T.Name, AS.rule);
        this.MANY(() => {
          this.CONSUME(T.Minus);
          this.CONSUME2(T.Name, AS.rest);
        });
        rule = { text: this.RECORDING_PHASE ? "" : this.written(first), start: this.start(first), end: this.end() };
        this.CONSUME(T.Because);
        return this.textOf(this.CONSUME(T.String_));
      },
      () => null,
    );
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
          const size = this.keepSize(() => this.SUBRULE(this.size));
          return { kind: "size", size, start, end: this.end() };
        },
      },
    ]);
  });

  private readonly cacheFacts: ParserMethod<[], CacheFact[]> = this.RULE("cacheFacts", (): CacheFact[] => {
    const facts: CacheFact[] = [];
    this.open(() => this.CONSUME(T.LCurly), "what the cache is");
    this.items(this.first.cacheFact, "`ctor`, `dma`, `account`, `reclaimable`, `size` or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          facts.push(this.SUBRULE(this.cacheFact));
          this.OPTION(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return facts;
  });

  private readonly policyDeclaration: ParserMethod<[], Item> = this.RULE("policyDeclaration", (): Item => {
    const word = this.CONSUME(T.Policy);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const like =
      this.OPTION(() => {
        this.CONSUME(T.Like);
        return this.keep<NameNode | null>(
          () => this.nameOf(this.CONSUME2(T.Name, AS.policy)),
          () => null,
        );
      }) ?? null;
    const apis =
      this.OPTION2(() => {
        this.CONSUME(T.For);
        return this.keep<NameNode[]>(
          () => this.SUBRULE(this.names, AS.api),
          () => [],
        );
      }) ?? [];
    const clauses: Clause[] = [];
    this.open(() => this.CONSUME(T.LCurly), "the policy");
    this.items(this.first.clause, "a clause such as `allow`, `forbid` or `mode`, or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          clauses.push(this.SUBRULE(this.clause));
          this.OPTION3(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
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
        const masks = this.keep<Mask[]>(
          () => this.SUBRULE(this.masks),
          () => [],
        );
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
        const honours = this.keep<Mask[]>(
          () => {
            this.CONSUME(T.Honours);
            return this.SUBRULE2(this.masks);
          },
          () => [],
        );
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
    const first = this.peek();
    this.itemStart = this.start(first);
    this.itemKeyword = { start: this.itemStart, end: this.endOf(first) };
    return this.choose(this.clauses);
  });

  private readonly rule: ParserMethod<["allow" | "forbid" | "warn", Span], Clause> = this.RULE(
    "rule",
    (kind: "allow" | "forbid" | "warn", keyword: Span): Clause => {
      const predicate = this.keepPredicate(() => this.SUBRULE(this.predicate));
      const because = this.SUBRULE(this.reason);
      return { kind, keyword, predicate, because, start: this.RECORDING_PHASE ? 0 : keyword.start, end: this.end() };
    },
  );

  private readonly reason: ParserMethod<[], Text | null> = this.RULE(
    "reason",
    (): Text | null =>
      this.OPTION(() => {
        this.CONSUME(T.Because);
        return this.keep<Text | null>(
          () => this.textOf(this.CONSUME(T.String_)),
          () => null,
        );
      }) ?? null,
  );

  private readonly masks: ParserMethod<[], Mask[]> = this.RULE("masks", (): Mask[] => {
    const masks: Mask[] = [];
    const outer = this.list;
    this.list = true;
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => masks.push(this.SUBRULE(this.mask)) });
    this.list = outer;
    return masks;
  });

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
    const effects = this.keep<Effect[]>(
      () => this.SUBRULE(this.effects),
      () => [],
    );
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
    this.CONSUME(T.LCurly);
    this.items(NO_STARTS, "an effect or `}`", () =>
      this.MANY({
        GATE: () => !this.tolerant || this.peek().indent < 0 || !this.outerStart(),
        DEF: () =>
          this.settled(() => {
            effects.push(this.SUBRULE(this.effect));
            this.afterListItem(
              this.OPTION(() => this.CONSUME(T.Comma, AS.separator)),
              "Effects",
            );
          }),
      }),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return effects;
  });

  private readonly effect: ParserMethod<[], Effect> = this.RULE("effect", (): Effect => {
    const name = this.nameOf(this.CONSUME(T.Name, AS.effect));
    const values = this.keep<readonly NameNode[] | Numeral | null>(
      () => {
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
      },
      () => null,
    );
    return { name, values, start: name.start, end: this.end() };
  });

  private readonly memoryDeclaration: ParserMethod<[], Item> = this.RULE("memoryDeclaration", (): Item => {
    const word = this.CONSUME(T.Memory);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const like =
      this.OPTION(() => {
        this.CONSUME(T.Like);
        return this.keep<NameNode | null>(
          () => this.nameOf(this.CONSUME2(T.Name, AS.memory)),
          () => null,
        );
      }) ?? null;
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
                  return this.keep<Numeral | null>(
                    () => this.numeralOf(this.CONSUME(T.Number_)),
                    () => null,
                  );
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
    this.open(() => this.CONSUME(T.LCurly), "a list of nodes");
    this.items(this.first.memoryItem, "`node`, `cpus`, `try` or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          const item = this.SUBRULE(this.memoryItem);
          if (item.kind === "node") nodes.push(item.node);
          else facts.push(item);
          this.OPTION(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
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
          const time = this.keep<Time | null>(
            () => this.SUBRULE(this.time),
            () => null,
          );
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
    this.open(() => this.CONSUME(T.LCurly), "the zones");
    this.items(this.first.nodeItem, "`zone`, `kswapd` or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          const item = this.SUBRULE(this.nodeItem);
          if ("facts" in item) zones.push(item);
          else facts.push(item);
          this.OPTION(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
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
    this.open(() => this.CONSUME(T.LCurly), "the zone's numbers");
    this.items(this.first.zoneFact, "a fact such as `managed` or `free`, or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          facts.push(this.SUBRULE(this.zoneFact));
          this.OPTION(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
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
        const amount = this.keepAmount(() => this.subrule(index, this.amount));
        return { kind, ...this.zoneFactAt(), amount };
      },
    })),
    ...CACHED_FACTS.map((kind, index) => ({
      ALT: (): ZoneFact => {
        this.consume(FIRST_OF_TABLE + index, T.keywordType(kind));
        const amount = this.keepAmount(() => this.subrule(FIRST_OF_TABLE + index, this.amount));
        const returning = this.option(FIRST_OF_TABLE + index, {
          GATE: () => !this.tolerant || this.peek().indent < 0,
          DEF: () => this.keepNumeral(() => this.subrule(index, this.returning)),
        });
        return { kind, ...this.zoneFactAt(), amount, returning: returning ?? null };
      },
    })),
    {
      ALT: () => {
        this.CONSUME(T.keywordType("pinned"));
        const sameLine = (): boolean => !this.tolerant || this.peek().indent < 0;
        const mapped = this.OPTION2({ GATE: sameLine, DEF: () => this.CONSUME(T.Mapping) }) !== undefined;
        const amount = this.keepAmount(() => this.subrule(2 * FIRST_OF_TABLE, this.amount));
        const lasts = this.OPTION3({
          GATE: sameLine,
          DEF: () => {
            this.CONSUME(T.For);
            return this.keep<Duration | null>(
              () => this.SUBRULE(this.duration),
              () => null,
            );
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

  /** Remembers the keyword that an item begins with; items of that kind do not nest. */
  private beginItem(): void {
    const first = this.peek();
    this.itemStart = this.start(first);
    this.itemKeyword = { start: this.itemStart, end: this.endOf(first) };
  }

  private zoneFactAt(): Span & { readonly keyword: Span } {
    return { keyword: this.itemKeyword, start: this.itemStart, end: this.end() };
  }

  private readonly expectDeclaration: ParserMethod<[], Item> = this.RULE("expectDeclaration", (): Item => {
    const word = this.CONSUME(T.Expect);
    const { doc } = this;
    const name = this.declared(() => this.CONSUME(T.Name, AS.subject));
    const form = this.keep<ExpectForm | null>(
      () => this.SUBRULE(this.expectForm),
      () => null,
    );
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

  private readonly itemKinds: IOrAlt<Item>[] = [
    { ALT: () => this.SUBRULE(this.kernelHeader) },
    { ALT: () => this.SUBRULE(this.configHeader) },
    { ALT: () => this.SUBRULE(this.importHeader) },
    { ALT: () => this.SUBRULE(this.flagsDeclaration) },
    { ALT: () => this.SUBRULE(this.flagDeclaration) },
    { ALT: () => this.SUBRULE(this.transformDeclaration) },
    { ALT: () => this.SUBRULE(this.allocatorDeclaration) },
    { ALT: () => this.SUBRULE(this.contextDeclaration) },
    { ALT: () => this.SUBRULE(this.scopeDeclaration) },
    { ALT: () => this.SUBRULE(this.requestDeclaration) },
    { ALT: () => this.SUBRULE(this.policyDeclaration) },
    { ALT: () => this.SUBRULE(this.memoryDeclaration) },
    { ALT: () => this.SUBRULE(this.expectDeclaration) },
  ];

  private readonly item: ParserMethod<[], Item> = this.RULE("item", (): Item => {
    const item = this.choose(this.itemKinds);
    this.OPTION(() => this.CONSUME(T.Semi));
    return item;
  });
}

function timeUnitOf(text: string): TimeUnit {
  return TIME_UNITS.find((unit) => unit === text) ?? "tries";
}

function unitOf(text: string): SizeUnit | null {
  return T.UNITS.find((unit) => unit === text) ?? null;
}

/** The unit that `text` is meant to be, if it looks like one: `kB`, `mb`, `kib`. */
function meantUnit(text: string): SizeUnit | null {
  const match = /^(?:([kmg])(i?b|i)?|(b)(?:ytes?)?)$/i.exec(text);
  if (match === null) return null;
  if (match[3] !== undefined) return "B";
  return unitOf(`${(match[1] ?? "").toUpperCase()}iB`);
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

/** The value of a number as written; `Infinity` above 2^53. */
function numberValue(text: string): number {
  const value = Number(text.replace(/[uUlL]+$/, ""));
  return value <= Number.MAX_SAFE_INTEGER + 1 ? value : Number.POSITIVE_INFINITY;
}

function stringValue(text: string): string {
  return text.slice(1, -1).replace(/\\(["\\])/g, "$1");
}

let instance: AllocPolicyParser | null = null;

/** The one parser; made when it is first needed, since making it costs more than parsing a file. */
export function parser(): AllocPolicyParser {
  instance ??= new AllocPolicyParser();
  return instance;
}
