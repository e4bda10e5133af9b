import type { ConsumeMethodOpts, IToken, ParserMethod, SubruleMethodOpts, TokenType } from "chevrotain";
import { Grammar, type Anchor, type Follower, type Followers } from "./follow.ts";
import { lex } from "./lexer.ts";
import { AllocPolicyParser } from "./parser.ts";
import { OF_ALL, PADDING } from "./parser/token-numbers.ts";
import { roleOf, type NameRole } from "./roles.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";
import { commentEnd } from "./trivia.ts";

/** One thing that may stand at an offset. */
export interface Wanted {
  /** A keyword, by its text; a name, number or text; a unit, or a mark such as `{`, by the name of its token. */
  readonly kind: "keyword" | "name" | "number" | "unit" | "text" | "mark";
  readonly text: string;
  /** What a name or number stands for; null where the grammar does not say. */
  readonly role: NameRole | null;
  /** The rule of the grammar that it stands in: of two keywords alike, which. */
  readonly rule: string;
  /** It begins an item of a block or list, of which there may be any number. */
  readonly begins: boolean;
  /** What was written before is whole without it. */
  readonly optional: boolean;
}

/** A construct of the grammar that an offset stands in. */
export interface Around {
  readonly rule: string;
  /** The index of its first word in `Expected.words`. */
  readonly from: number;
}

/** What the parser wants at an offset. */
export interface Expected {
  /** What may come next, the innermost construct's first. */
  readonly wanted: readonly Wanted[];
  /** The tokens before the offset, as text. */
  readonly words: readonly string[];
  /** The constructs that the word before the offset stands in, outermost first. */
  readonly around: readonly Around[];
}

/**
 * What the parser would take at `offset` in `text`, which begins where a header or declaration begins; only what stands
 * before the offset counts, and it need not be valid: behind damage the parser wants what it wants after its recovery.
 * A word that ends at the offset is complete; who wants to know what may stand in its place asks for its start. Null
 * within a word, a comment or a string.
 */
export function expectedAt(text: string, offset: number): Expected | null {
  const { tokens } = lex(text, 0, offset);
  const before = tokens.filter(({ endOffset }) => endOffset < offset);
  if (tokens.some(({ startOffset, endOffset }) => startOffset < offset && offset <= endOffset)) return null;
  const last = before[before.length - 1];
  if (last !== undefined && isOpen(last) && !text.slice(last.endOffset + 1, offset).includes("\n")) return null;
  if (isInComment(text, last === undefined ? 0 : last.endOffset + 1, offset)) return null;
  return assistant().expectedAfter(before);
}

function isOpen(token: Token): boolean {
  return token.tokenType === T.OpenString || token.tokenType === T.OpenComment;
}

/** Whether `offset` lies in a comment, behind its first character; `from` is outside of any. */
function isInComment(text: string, from: number, offset: number): boolean {
  for (let at = from; at < offset; ) {
    const end = commentEnd(text, at);
    if (end === at) at++;
    else if (offset < end || (offset === end && !text.startsWith("*/", end - 2))) return true;
    else at = end;
  }
  return false;
}

interface Frame {
  readonly outer: Frame | null;
  readonly rule: string;
  /** Of the call in the rule around. */
  readonly index: number;
  readonly role: NameRole | null;
  readonly from: number;
}

/** Behind what the parser stands. */
interface Place {
  /** The innermost rule. */
  readonly frame: Frame;
  readonly anchor: Anchor;
}

/** Around the rule of an item there is none. */
const FILE: Frame = { outer: null, rule: "item", index: 0, role: null, from: 0 };

/** A keyword in a rule of the grammar. */
export interface KeywordUse {
  readonly word: string;
  readonly rule: string;
}

/** Every keyword in every rule that has it, as the parser reads them. */
export function keywordUses(): readonly KeywordUse[] {
  return assistant()
    .grammar()
    .tokens()
    .flatMap(({ rule, type }) => {
      const { kind, text } = kindOf(type);
      return kind === "keyword" ? [{ word: text, rule }] : [];
    });
}

/** The parser, watched: knows behind which token of which rule it stands. */
class AssistingParser extends AllocPolicyParser {
  readonly #grammar: Grammar = new Grammar(this.getGAstProductions());
  #frame: Frame = FILE;
  /** Null: between two items of the file. */
  #place: Place | null = null;
  /** Where the items of the block around begin. */
  #blockStart: Place | null = null;

  grammar(): Grammar {
    return this.#grammar;
  }

  /** @param tokens those before the offset */
  expectedAfter(tokens: readonly Token[]): Expected {
    const padding = Array.from({ length: PADDING }, () => T.END);
    this.#begin();
    const strict = tokens.length === 0 ? null : this.readStrict([...tokens, ...padding], 0, 0, null);
    if (strict === null || (strict.valid ? strict.next : strict.seen - 1) < tokens.length) {
      this.#begin();
      this.readTolerant(tokens, 0, null);
    }
    const words = tokens.map(({ image }) => image);
    const place = this.#place;
    if (place === null) return { wanted: wantedIn([this.#grammar.firstOf("item", true)]), words, around: [] };
    const around: Around[] = [];
    for (let frame: Frame | null = place.frame; frame !== null; frame = frame.outer)
      around.push({ rule: frame.rule, from: frame.from });
    return { wanted: wantedIn(this.#restsOf(place)), words, around: around.reverse() };
  }

  #begin(): void {
    this.#frame = FILE;
    this.#place = null;
    this.#blockStart = null;
  }

  /** What may follow in each rule, from the innermost outwards as far as one may end. */
  #restsOf({ frame: innermost, anchor }: Place): readonly Followers[] {
    const rests: Followers[] = [];
    let at: Anchor = anchor;
    for (let frame: Frame | null = innermost; frame !== null; frame = frame.outer) {
      const rest = this.#grammar.after(frame.rule, at, frame.role);
      rests.push(rest);
      if (!rest.ends) return rests;
      at = { kind: "call", rule: frame.rule, index: frame.index };
    }
    return [...rests, this.#grammar.firstOf("item", true)];
  }

  // What is watched -------------------------------------------------------------------------------------------------

  #consumed(token: IToken, type: TokenType, index: number): IToken {
    this.#place = { frame: this.#frame, anchor: { kind: "token", type, index } };
    return token;
  }

  #called<R>(rule: unknown, index: number, label: string | undefined, call: () => R): R {
    const outer = this.#frame;
    const role = roleOf(label) ?? outer.role;
    this.#frame = { outer, rule: nameOf(rule), index, role, from: this.position + 1 };
    try {
      return call();
    } finally {
      this.#frame = outer;
    }
  }

  protected override items(starts: ReadonlySet<number>, what: string, many: () => void): void {
    if (this.RECORDING_PHASE) {
      many();
      return;
    }
    const around = this.#blockStart;
    this.#blockStart = { frame: this.#frame, anchor: { kind: "token", type: T.LCurly, index: OF_ALL } };
    super.items(starts, what, many);
    this.#blockStart = around;
  }

  protected override skip(): void {
    const before = this.position;
    super.skip();
    if (this.position > before) this.#place = this.#blockStart;
  }

  protected override skipJunk(what: string): boolean {
    const before = this.position;
    const goesOn = super.skipJunk(what);
    if (this.position > before) this.#place = this.#blockStart;
    return goesOn;
  }

  protected override CONSUME(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.#consumed(super.CONSUME(type, options), type, 0);
  }
  protected override CONSUME2(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.#consumed(super.CONSUME2(type, options), type, 2);
  }
  protected override CONSUME3(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.#consumed(super.CONSUME3(type, options), type, 3);
  }
  protected override CONSUME4(type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.#consumed(super.CONSUME4(type, options), type, 4);
  }
  protected override consume(index: number, type: TokenType, options?: ConsumeMethodOpts): IToken {
    return this.#consumed(super.consume(index, type, options), type, index);
  }
  protected override SUBRULE<A extends unknown[], R>(rule: ParserMethod<A, R>, options?: SubruleMethodOpts<A>): R {
    return this.#called(rule, 0, options?.LABEL, () => super.SUBRULE(rule, options));
  }
  protected override SUBRULE2<A extends unknown[], R>(rule: ParserMethod<A, R>, options?: SubruleMethodOpts<A>): R {
    return this.#called(rule, 2, options?.LABEL, () => super.SUBRULE2(rule, options));
  }
  protected override SUBRULE3<A extends unknown[], R>(rule: ParserMethod<A, R>, options?: SubruleMethodOpts<A>): R {
    return this.#called(rule, 3, options?.LABEL, () => super.SUBRULE3(rule, options));
  }
  protected override subrule<A extends unknown[], R>(
    index: number,
    rule: ParserMethod<A, R>,
    options?: SubruleMethodOpts<A>,
  ): R {
    return this.#called(rule, index, options?.LABEL, () => super.subrule(index, rule, options));
  }
}

/** The name that Chevrotain gave to a rule. */
function nameOf(rule: unknown): string {
  return typeof rule === "function" && "ruleName" in rule && typeof rule.ruleName === "string" ? rule.ruleName : "";
}

/** Each thing once, as it is wanted nearest. */
function wantedIn(rests: readonly Followers[]): readonly Wanted[] {
  const known = new Map<string, Wanted>();
  for (const { found } of rests) {
    for (const follower of found) {
      const wanted = wantedOf(follower);
      const key = `${wanted.kind} ${wanted.text} ${wanted.role}`;
      if (!known.has(key)) known.set(key, wanted);
    }
  }
  return [...known.values()];
}

function wantedOf({ type, rule, role, begins, optional }: Follower): Wanted {
  const { kind, text } = kindOf(type);
  return { kind, text, role, rule, begins, optional };
}

function kindOf(type: TokenType): { readonly kind: Wanted["kind"]; readonly text: string } {
  switch (type) {
    case T.Name:
      return { kind: "name", text: "" };
    case T.Number_:
      return { kind: "number", text: "" };
    case T.String_:
      return { kind: "text", text: "" };
    case T.Unit:
    case T.TimeUnit:
      return { kind: "unit", text: type.name };
  }
  return type.name.startsWith("keyword_")
    ? { kind: "keyword", text: type.name.slice("keyword_".length) }
    : { kind: "mark", text: type.name };
}

let instance: AssistingParser | null = null;

function assistant(): AssistingParser {
  instance ??= new AssistingParser();
  return instance;
}
