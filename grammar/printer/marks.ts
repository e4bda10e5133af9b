import type {
  Clause,
  Declaration,
  ExpectForm,
  Item,
  Mask,
  NodeBlock,
  Predicate,
  Property,
  Span,
  ZoneFact,
} from "../ast.ts";
import * as T from "../tokens.ts";
import type { Token } from "../tokens.ts";

/** Where an item of a block, or a declaration, begins: a new line. */
interface Start {
  /** Lines of one group stand in columns; lines of a kind make a group while they follow each other. */
  readonly group: string | null;
}

/** What the tree says of tokens, by their offsets. */
export interface Marks {
  readonly starts: Map<number, Start>;
  /** Tokens that begin a column of their line. */
  readonly columns: Set<number>;
  /** Tokens that no space separates from the one before. */
  readonly glued: Set<number>;
  /** `{` of blocks that stand on one line. */
  readonly inline: Set<number>;
  /** Tokens that two spaces set off. */
  readonly apart: Set<number>;
}

/** Finds tokens by where they begin. */
export class TokenTable {
  private readonly tokens: readonly Token[];
  private readonly byStart = new Map<number, number>();
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    tokens.forEach((token, index) => this.byStart.set(token.startOffset, index));
  }
  /** The start of the token `count` tokens after the one that begins at `offset`. */
  after(offset: number, count = 1): number {
    const index = this.byStart.get(offset);
    return index === undefined ? -1 : (this.tokens[index + count]?.startOffset ?? -1);
  }
  /** The starts of all tokens that begin in (start, end). */
  within(start: number, end: number): number[] {
    const found: number[] = [];
    let index = (this.byStart.get(start) ?? this.tokens.length) + 1;
    for (let token = this.tokens[index]; token !== undefined && token.startOffset < end; token = this.tokens[++index])
      found.push(token.startOffset);
    return found;
  }
  /** The start of the first `{` from `offset` on, before `end`. */
  brace(offset: number, end: number): number {
    let index = this.byStart.get(offset) ?? this.tokens.length;
    for (let token = this.tokens[index]; token !== undefined && token.startOffset < end; token = this.tokens[++index]) {
      if (token.tokenType === T.LCurly) return token.startOffset;
    }
    return -1;
  }
}

/** Marks the layout of one item: where lines begin, what is aligned, and what is glued to its neighbour. */
export class ItemMarker {
  readonly #base: number;
  readonly #text: string;
  readonly #table: TokenTable;
  readonly #marks: Marks;

  constructor(base: number, text: string, table: TokenTable, marks: Marks) {
    this.#base = base;
    this.#text = text;
    this.#table = table;
    this.#marks = marks;
  }

  item(item: Item): void {
    const start = this.#at(item.start);
    const end = this.#at(item.end);
    const brace = this.#table.brace(start, end);
    this.#begin(item, declarationGroup(item));
    switch (item.kind) {
      case "kernel":
        for (const version of item.versions) this.#glue(version);
        break;
      case "config":
        this.#valued(item.settings, brace, this.#inline(brace, end));
        break;
      case "import":
        break;
      case "flags":
        this.#mask(item.value);
        break;
      case "flag":
        break;
      case "transform":
        this.#marks.glued.add(this.#table.after(start, 2));
        this.#mask(item.body);
        break;
      case "allocator":
        this.#marks.glued.add(this.#table.after(start, 2));
        if (item.callee !== null) this.#marks.glued.add(this.#table.after(this.#at(item.callee.start)));
        for (const mask of item.arguments) this.#mask(mask);
        break;
      case "context": {
        const isInline = this.#inline(brace, end);
        if (isInline) this.#column(brace);
        this.#valued(item.items, brace, isInline);
        break;
      }
      case "scope": {
        const isInline = this.#inline(brace, end);
        if (isInline) this.#column(brace);
        this.#valued(item.items, brace, isInline);
        for (const part of item.items) this.#mask(part.mask);
        break;
      }
      case "request":
        this.#valued(item.properties, brace, false);
        for (const property of item.properties) this.#property(property);
        break;
      case "policy":
        for (const clause of item.clauses) this.#clause(clause);
        break;
      case "memory":
        if (item.source?.kind === "nodes") {
          this.#valued(item.source.facts, brace, false);
          for (const node of item.source.nodes) this.#node(node);
        }
        break;
      case "expect":
        if (item.form !== null) this.#expectation(item.form, end);
        break;
    }
  }

  #property(property: Property): void {
    const start = this.#at(property.start);
    const end = this.#at(property.end);
    if (property.kind === "flags") this.#mask(property.mask);
    else if (property.kind === "waive" && property.rule !== null) this.#glue(property.rule);
    else if (property.kind === "expect") this.#inline(this.#table.brace(start, end), end);
    else if (property.kind === "cache") {
      const open = this.#table.brace(start, end);
      const isInline = this.#inline(open, end);
      for (const fact of property.facts) {
        this.#begin(fact, `in ${open}`);
        if (!isInline && fact.kind === "size") this.#column(this.#table.after(this.#at(fact.start)));
      }
    }
  }

  #clause(clause: Clause): void {
    this.#begin(clause, clause.kind === "mode" || clause.kind === "stage" ? clause.kind : null);
    switch (clause.kind) {
      case "allow":
      case "forbid":
      case "warn":
        this.#predicate(clause.predicate);
        break;
      case "require":
        this.#predicate(clause.predicate);
        this.#predicate(clause.when);
        break;
      case "ignore":
        for (const mask of clause.masks) this.#mask(mask);
        break;
      case "stage":
        this.#column(this.#table.after(this.#at(clause.start), 2));
        for (const mask of clause.honours) this.#mask(mask);
        if (clause.internal) this.#marks.apart.add(this.#at(clause.end) - "internal".length);
        break;
      case "mode": {
        const end = this.#at(clause.end);
        const open = this.#table.brace(this.#at(clause.start), end);
        this.#column(this.#table.after(this.#at(clause.start), 2));
        if (clause.when !== null) this.#predicate(clause.when);
        if (this.#inline(open, end)) this.#column(open);
        else for (const effect of clause.effects) this.#begin(effect);
        break;
      }
    }
  }

  #node(node: NodeBlock): void {
    this.#begin(node);
    this.#valued(node.facts, this.#at(node.start), false);
    for (const zone of node.zones) {
      this.#begin(zone);
      this.#zoneFacts(zone.facts, this.#at(zone.start));
    }
  }

  #zoneFacts(facts: readonly ZoneFact[], block: number): void {
    for (const fact of facts) {
      this.#begin(fact, `in ${block}`);
      if (fact.kind === "range") this.#zoneFacts(fact.facts, this.#at(fact.start));
      else this.#column(this.#table.after(this.#at(fact.start)));
    }
  }

  #expectation(form: ExpectForm, end: number): void {
    const first = this.#at(form.start);
    switch (form.kind) {
      case "facts": {
        const open = this.#table.brace(first, end);
        if (this.#inline(open, end)) {
          this.#column(first);
          if (form.on !== null || form.as !== null) this.#column(open);
        } else for (const fact of form.facts) this.#begin(fact);
        break;
      }
      case "forbids":
      case "allows":
        this.#column(first);
        this.#column(this.#table.after(first));
        this.#mask(form.mask);
        break;
      case "within":
        break;
      case "gives":
        if (form.when !== null) this.#predicate(form.when);
        this.#predicate(form.gives);
        break;
    }
  }

  #mask(node: Mask): void {
    switch (node.kind) {
      case "call":
        this.#marks.glued.add(this.#table.after(this.#at(node.callee.start)));
        this.#mask(node.argument);
        break;
      case "or":
      case "and":
      case "choice":
      case "equal":
        for (const operand of node.operands) this.#mask(operand);
        break;
      case "not":
      case "zero":
        this.#mask(node.operand);
        break;
      case "paren":
        this.#mask(node.inner);
        break;
      case "name":
      case "number":
      case "missing":
        break;
    }
  }

  #predicate(node: Predicate): void {
    switch (node.kind) {
      case "mask":
        this.#mask(node.mask);
        break;
      case "or":
      case "and":
        for (const operand of node.operands) this.#predicate(operand);
        break;
      case "not":
        this.#predicate(node.operand);
        break;
      case "paren":
        this.#predicate(node.inner);
        break;
      case "in":
      case "measure":
      case "model":
      case "missing":
        break;
    }
  }

  /** Lines of a keyword and its value: values are aligned, where the block is not on one line. */
  #valued(lines: readonly Span[], brace: number, isInline: boolean): void {
    for (const one of lines) {
      this.#begin(one, `in ${brace}`);
      if (!isInline) this.#column(this.#table.after(this.#at(one.start)));
    }
  }

  #at(offset: number): number {
    return offset + this.#base;
  }

  #begin(span: Span, group: string | null = null): void {
    this.#marks.starts.set(this.#at(span.start), { group });
  }

  #column(offset: number): void {
    this.#marks.columns.add(offset);
  }

  #glue(span: Span): void {
    for (const start of this.#table.within(this.#at(span.start), this.#at(span.end))) this.#marks.glued.add(start);
  }

  #isOnOneLine(start: number, end: number): boolean {
    return !this.#text.slice(start, end).includes("\n");
  }

  /** Marks a block that stays on one line. @returns whether it does */
  #inline(brace: number, end: number): boolean {
    const fits = brace >= 0 && this.#isOnOneLine(brace, end);
    if (fits) this.#marks.inline.add(brace);
    return fits;
  }
}

/** The declarations that it stands in columns with, if it is printed on one line. */
function declarationGroup(item: Item | Declaration): string | null {
  if (item.kind === "context" || item.kind === "scope") return item.kind;
  if (item.kind !== "expect" || item.form === null) return null;
  switch (item.form.kind) {
    case "facts":
      return item.form.on === null ? "expect facts" : "expect facts on";
    case "forbids":
    case "allows":
      return "expect mask";
    case "within":
    case "gives":
      return null;
  }
}
