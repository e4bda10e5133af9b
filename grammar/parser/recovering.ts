import type { IParserErrorMessageProvider, IToken } from "chevrotain";
import type { Mask, Name as NameNode, Numeral, Predicate, Problem, Span } from "../ast.ts";
import type { Finding } from "../recovery.ts";
import { expected, found, missing, wanted } from "../wording.ts";
import * as T from "../tokens.ts";
import type { Token } from "../tokens.ts";
import { Damage, NOT_VALID, type TokenFix } from "./damage.ts";
import { TokenReader } from "./reading.ts";
import { OneTokenAhead } from "./one-token-ahead.ts";
import { startsIn, UNKNOWN_STARTS, type Starts } from "./starts.ts";
import { COLON, COMMA, EQUALS, NO_STARTS, LCURLY, RCURLY, RPAREN, SEMI, END, PADDING } from "./token-numbers.ts";

/** Masks and predicates nest at most this deep; no real one comes near. */
const MAX_DEPTH = 200;

/**
 * What the rules are written with: how damage is reported, and where reading goes on behind it. Strict reading gives up
 * at the first.
 */
export abstract class RecoveringParser extends TokenReader {
  protected doc: string | null = null;
  protected depth = 0;
  protected tolerant = false;
  /** What may begin an item of the block that is being read. */
  protected starts: ReadonlySet<number> = NO_STARTS;
  protected blocks = 0;
  protected lastClosing = -1;
  protected balanced = true;
  protected findings: readonly Finding[] = [];
  private nextFinding = 0;
  protected problems: Problem[] = [];
  /** Set by a problem: further ones say nothing new until an item in between was found in order. */
  private quiet = false;
  /** Counts problems, those kept quiet included. */
  private events = 0;
  /** What may begin an item of the block around the current one. */
  private outer: ReadonlySet<number> = NO_STARTS;
  /** Within a list of masks, where commas separate. */
  protected list = false;
  /** Where the item of a block begins that is being read, and its keyword; items of that kind do not nest. */
  protected itemStart = 0;
  protected itemKeyword: Span = { start: 0, end: 0 };
  /** The depth at which leftovers are being joined to a mask: the pieces themselves take no further ones. */
  protected joining = -1;

  private recorded: Starts = UNKNOWN_STARTS;

  constructor() {
    const errorMessageProvider: IParserErrorMessageProvider = {
      buildMismatchTokenMessage: ({ expected: type, ruleName }) => this.giveUp(ruleName, type.name),
      buildNoViableAltMessage: () => "",
      buildEarlyExitMessage: () => "",
      buildNotAllInputParsedMessage: ({ ruleName }) => this.giveUp(ruleName, ""),
    };
    super(T.VOCABULARY, {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations: true,
      errorMessageProvider,
      lookaheadStrategy: new OneTokenAhead(() => this.peek().tokenTypeIdx),
    });
  }

  /** What rules begin with. */
  get first(): Starts {
    return this.recorded;
  }

  /** To be called when all rules are there. */
  protected recordGrammar(): void {
    this.performSelfAnalysis();
    this.recorded = startsIn(this.getGAstProductions());
  }

  protected begin(tokens: readonly Token[], index: number, base: number, doc: string | null): void {
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

  /** Chevrotain calls it where no alternative fits, and would first look for all that could stand there. */
  protected raiseNoAltException(): never {
    return this.giveUp(this.getCurrRuleFullName(), "");
  }

  /** The same where something must stand at least once. */
  protected raiseEarlyExitException(): never {
    return this.giveUp(this.getCurrRuleFullName(), "");
  }

  /** Chevrotain's, of which it tells nobody. */
  declare protected getCurrRuleFullName: () => string;

  private giveUp(ruleName: string, tokenName: string): never {
    if (!this.tolerant) throw NOT_VALID;
    throw this.damage(wanted(ruleName, tokenName));
  }

  /** What is not there is missed behind what stands before it; else what stands there is the fault. */
  private damage(wants: string): Damage {
    const [token, before] = [this.peek(), this.previous()];
    const { tokenTypeIdx: type } = token;
    if ((type === EQUALS || type === COLON) && this.starts.has(before.tokenTypeIdx))
      return new Damage(
        token,
        `Nothing stands behind \`${before.image}\` but what it says: leave the \`${token.image}\` out.`,
      );
    const isBare =
      type === RCURLY ||
      type === END ||
      (type === RPAREN && this.depth > 0) ||
      (token.indent >= 0 && this.starts.has(type));
    const isBehind = isBare && before !== T.END && before.tokenTypeIdx !== LCURLY && this.start(before) >= 0;
    return isBehind
      ? new Damage(before, missing(wants, before.image))
      : new Damage(token, expected(wants, token.image));
  }

  /** Gives up unless the next token is one of `allowed`. */
  protected need(allowed: ReadonlySet<number>, what: string): void {
    if (this.RECORDING_PHASE || allowed.has(this.peek().tokenTypeIdx)) return;
    if (!this.tolerant) throw NOT_VALID;
    throw this.damage(what);
  }

  protected report(token: Token, message: string, fix?: TokenFix): void {
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
  protected flush(offset: number): void {
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
  protected keep<Node>(read: () => Node, missing: () => Node): Node {
    if (!this.tolerant) return read();
    const { depth, starts, blocks, outer, list, joining } = this;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      this.report(error.token, error.message, error.fix);
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
    if (type === COMMA && this.isNextItem()) {
      this.leaveOut();
      return true;
    }
    const before = this.position;
    this.report(token, `Expected ${what}, ${found(token.image)}.`);
    this.skip();
    if (this.at(SEMI)) this.position++;
    else if (this.position === before && !this.at(RCURLY)) this.position++;
    return true;
  }

  /** Goes over a comma that stands between items, where none is needed. */
  protected leaveOut(): void {
    const fix = { title: "Remove the comma", text: "" };
    this.report(this.peek(), "Nothing stands between these: leave the `,` out.", fix);
    this.position++;
  }

  /** Whether behind the next token another item begins, or the block ends. */
  protected isNextItem(): boolean {
    const { tokenTypeIdx: next } = this.peek(2);
    return this.starts.has(next) || (next === RCURLY && this.starts.size > 0);
  }

  /** Reads one item of a block; if it is in order, later damage is a mistake of its own and is reported. */
  protected settled(read: () => void): void {
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
        ? this.starts.has(type) || type === RCURLY || type === END || (type === COMMA && this.isNextItem())
        : indent >= 0 && this.starts.has(type)
    )
      this.quiet = false;
  }

  /** In a list between braces: whether a line begins an item of the block around it. */
  protected outerStart(): boolean {
    return this.outer.has(this.peek().tokenTypeIdx) && !this.balanced;
  }

  /** A name that a value needs; null (and a problem) if the next line begins another item instead. */
  protected nameOrNothing(consume: () => IToken): NameNode | null {
    if (this.tolerant) {
      const token = this.peek();
      if (token.indent >= 0 && this.starts.has(token.tokenTypeIdx))
        throw new Damage(this.previous(), `A name is missing after \`${this.previous().image}\`.`);
    }
    return this.nameOf(consume());
  }

  protected deeper(): void {
    this.depth++;
    if (this.depth <= MAX_DEPTH) return;
    if (!this.tolerant) throw NOT_VALID;
    throw new Damage(this.previous(), `This nests more than ${MAX_DEPTH} deep: write it with fewer parentheses.`);
  }

  protected closeParen(consume: () => unknown, open: IToken): void {
    this.depth--;
    if (!this.tolerant || this.at(RPAREN)) {
      consume();
      return;
    }
    this.report({ ...T.END, ...open, indent: -1 }, "This `(` is not closed: write the `)`.");
  }

  protected keepOrNull<Node>(read: () => Node | null): Node | null {
    return this.keep<Node | null>(read, () => null);
  }
  protected keepList<Node>(read: () => Node[]): Node[] {
    return this.keep<Node[]>(read, () => []);
  }
  protected keepName(consume: () => IToken): NameNode | null {
    return this.keepOrNull<NameNode>(() => this.nameOrNothing(consume));
  }
  protected keepNumber(consume: () => IToken): Numeral | null {
    return this.keepOrNull<Numeral>(() => this.numeralOf(consume()));
  }
  protected keepMask(read: () => Mask): Mask {
    return this.keep<Mask>(read, () => this.missingMask());
  }
  protected keepPredicate(read: () => Predicate): Predicate {
    return this.keep<Predicate>(read, () => this.missingPredicate());
  }

  /** Remembers the keyword that an item begins with; items of that kind do not nest. */
  protected beginItem(): void {
    const first = this.peek();
    this.itemStart = this.start(first);
    this.itemKeyword = { start: this.itemStart, end: this.endOf(first) };
  }
}
