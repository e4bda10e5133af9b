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
} from "./ast.ts";
import { lex } from "./lexer.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";
import { commentEnd } from "./trivia.ts";

/**
 * How declarations are printed. The printer goes through the tokens and comments of a text, which keeps every comment,
 * and asks the tree only where lines and columns begin.
 *
 * House style: two spaces of indent, one item of a block a line, the values of a block in one column, runs of like
 * lines (`mode`, `stage`, `expect`, one-line `context`) in columns. A block that stands on one line stays so, but those
 * of requests, policies and memory. Line breaks before or after `|`, `&`, `,`, `and`, `or`, `when` and `because` are
 * the author's. At most one blank line.
 */
/** Where an item of a block, or a declaration, begins: a new line. */
interface Start {
  /** Lines of one group stand in columns; lines of a kind make a group while they follow each other. */
  readonly group: string | null;
}

interface Marks {
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

interface Piece {
  readonly text: string;
  readonly start: number;
  readonly token: Token | null;
  /** How many line breaks stand before it. */
  readonly newlines: number;
}

/** @param before how many line breaks stand before the text */
function piecesOf(text: string, tokens: readonly Token[], before: number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let newlines = before;
  for (let i = 0; i <= tokens.length; i++) {
    const token = tokens[i] ?? null;
    const stop = token === null ? text.length : token.startOffset;
    while (at < stop) {
      const end = commentEnd(text, at);
      if (end > at) {
        pieces.push({ text: text.slice(at, end).trimEnd().replace(/\r\n/g, "\n"), start: at, token: null, newlines });
        newlines = 0;
        at = end;
      } else {
        if (text.charCodeAt(at) === 10) newlines++;
        at++;
      }
    }
    if (token === null) break;
    pieces.push({ text: token.image, start: token.startOffset, token, newlines });
    newlines = 0;
    at = token.endOffset + 1;
  }
  return pieces;
}

/** Finds tokens by where they begin. */
class TokenTable {
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
class ItemMarker {
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

/** One line to print; `columns` are joined by spaces, padded within the group. */
interface Line {
  readonly indent: number;
  readonly columns: string[];
  group: string | null;
  comment: string | null;
  readonly blankBefore: boolean;
  /** Belongs to the item of the line before: indented to its last column. */
  readonly continues: boolean;
  /** Only a comment, or a comment and what follows it. */
  readonly aside: boolean;
  /** A declaration, or an item of a block, begins here. */
  begins: boolean;
}

const BREAKS_BEFORE = new Set(["|", "&", "?", "and", "or", "because", "when"]);
const BREAKS_AFTER = new Set(["|", "&", ",", "and", "or"]);

function layOut(pieces: readonly Piece[], marks: Marks, beginsFile: boolean): readonly Line[] {
  const layout = new Layout(marks, beginsFile);
  let next = 0;
  pieces.forEach((piece, index) => {
    if (piece.token === null) {
      for (next = Math.max(next, index); pieces[next]?.token === null; ) next++;
      layout.comment(piece, pieces[next]);
    } else if (piece.text !== ";") layout.token(piece, piece.token);
  });
  leaveColumns(layout.lines);
  return layout.lines;
}

/** The lines so far, and where the next piece finds itself. */
class Layout {
  readonly lines: Line[] = [];
  readonly #marks: Marks;
  readonly #beginsFile: boolean;
  /** The blocks around, by whether each stands on one line. */
  readonly #blocks: boolean[] = [];
  #depth = 0;
  #previous: Piece | null = null;
  #afterOpen = false;
  /** The `?` whose `:` is still to come. */
  #choices = 0;

  constructor(marks: Marks, beginsFile: boolean) {
    this.#marks = marks;
    this.#beginsFile = beginsFile;
  }

  /** @param next the token behind it */
  comment(piece: Piece, next: Piece | undefined): void {
    const line = this.#line();
    const inBlock = this.#blocks.at(-1);
    const closes = next?.token?.tokenType === T.RCurly && inBlock === false;
    const betweenItems = next === undefined || closes || (this.#marks.starts.has(next.start) && inBlock !== true);
    if (line === undefined || this.#mustBreak() || piece.newlines > 0)
      this.#open(piece, !betweenItems, true).columns[0] = piece.text;
    else if (piece.text.startsWith("//"))
      line.comment = line.comment === null ? piece.text : `${line.comment} ${piece.text}`;
    else append(line, piece.text, line.columns[0] === "" ? "" : " ");
    this.#afterOpen = false;
    this.#previous = piece;
  }

  token(piece: Piece, token: Token): void {
    const isInline = this.#blocks.at(-1) === true;
    const isItem = this.#marks.starts.has(piece.start);
    const closes = token.tokenType === T.RCurly;
    if (closes) {
      this.#blocks.pop();
      if (!isInline) this.#depth--;
    }
    const line = this.#lineOf(piece, isInline, closes);
    const last = line.columns.at(-1);
    if (this.#marks.columns.has(piece.start) && !line.continues && last !== "" && !line.aside) line.columns.push("");
    const isBranch = token.tokenType === T.Colon && this.#choices > 0;
    if (token.tokenType === T.Question) this.#choices++;
    else if (isBranch) this.#choices--;
    append(line, piece.text, isBranch ? " " : separator(this.#previous, piece, this.#marks, isItem && isInline));
    this.#afterOpen = false;
    if (token.tokenType === T.LCurly) this.#enter(this.#marks.inline.has(piece.start));
    this.#previous = piece;
  }

  #enter(isInline: boolean): void {
    this.#blocks.push(isInline);
    if (isInline) return;
    this.#depth++;
    this.#afterOpen = true;
  }

  /**
   * The line that a token stands on: the last one, or a new one. `isInline`: the block around it stands on one line.
   */
  #lineOf(piece: Piece, isInline: boolean, closes: boolean): Line {
    const line = this.#line();
    const start = this.#marks.starts.get(piece.start);
    // A block comment before an item, on its line, stays there.
    const ledByComment = line?.aside === true && !this.#mustBreak() && piece.newlines === 0;
    if (line === undefined || (start !== undefined && !isInline)) {
      const own = line !== undefined && ledByComment && !closes ? line : this.#open(piece, false, false, start?.group);
      own.begins = true;
      return own;
    }
    if (closes && !isInline) return this.#open(piece, false, false);
    const breaks =
      piece.newlines > 0 &&
      !ledByComment &&
      (BREAKS_BEFORE.has(piece.text) ||
        (this.#previous !== null && (this.#previous.token === null || BREAKS_AFTER.has(this.#previous.text))));
    return this.#mustBreak() || breaks ? this.#open(piece, true, false) : line;
  }

  #line(): Line | undefined {
    return this.lines.at(-1);
  }

  /** Nothing stands behind a line comment. */
  #mustBreak(): boolean {
    return this.#previous !== null && this.#previous.token === null && this.#previous.text.startsWith("//");
  }

  #open(piece: Piece, continues: boolean, aside: boolean, group: string | null = null): Line {
    const isFirst = (this.lines.length === 0 && this.#beginsFile) || this.#afterOpen;
    const line: Line = {
      indent: this.#depth,
      columns: [""],
      group,
      comment: null,
      blankBefore: piece.newlines > 1 && !isFirst && !continues && piece.text !== "}",
      continues,
      aside,
      begins: false,
    };
    this.lines.push(line);
    return line;
  }
}

/** Of declarations only those that are printed on one line stand in columns, however the author had them. */
function leaveColumns(lines: readonly Line[]): void {
  let next: Line | undefined;
  for (const line of lines.toReversed()) {
    const ends = next === undefined || (next.begins && next.indent === 0);
    if (line.begins && line.indent === 0 && !ends) line.group = null;
    if (!line.aside || line.continues || line.begins) next = line;
  }
}

function append(line: Line, text: string, space: string): void {
  const last = line.columns.length - 1;
  const before = line.columns[last] ?? "";
  line.columns[last] = before === "" ? text : before + space + text;
}

function separator(previous: Piece | null, piece: Piece, marks: Marks, itemOfInline: boolean): string {
  if (previous === null) return "";
  if (previous.token === null) return " ";
  if (marks.glued.has(piece.start)) return "";
  if (
    previous.text === "(" ||
    previous.text === "~" ||
    previous.text === "!" ||
    piece.text === ")" ||
    piece.text === "," ||
    piece.text === ":"
  )
    return "";
  if (marks.apart.has(piece.start)) return "  ";
  return itemOfInline && previous.text !== "{" && previous.text !== "," ? "  " : " ";
}

/** Pads the columns of each group and gives the finished lines. */
function render(lines: readonly Line[]): string[] {
  const widths = new Map<Line, number[]>();
  for (const group of groupsOf(lines)) {
    const columns: number[] = [];
    for (const line of group) {
      line.columns.forEach((column, i) => {
        if (i < line.columns.length - 1) columns[i] = Math.max(columns[i] ?? 0, lengthOf(column));
      });
    }
    for (const line of group) widths.set(line, columns);
  }
  const out: string[] = [];
  const comments: { readonly index: number; readonly comment: string }[] = [];
  let valueColumn = 0;
  lines.forEach((line) => {
    if (line.blankBefore) out.push("");
    const pads = widths.get(line) ?? [];
    let text = "  ".repeat(line.indent);
    if (line.continues) text = " ".repeat(Math.max(valueColumn, text.length));
    line.columns.forEach((column, i) => {
      const last = i === line.columns.length - 1;
      if (!line.continues && i === 1 && line.group?.startsWith("in ") === true) valueColumn = lengthOf(text);
      text += last ? column : `${column.padEnd(column.length - lengthOf(column) + (pads[i] ?? 0))} `;
    });
    // What goes on below a declaration hangs on nothing before it.
    const begins = !line.aside || (line.begins && line.indent === 0);
    if (!line.continues && !(line.columns.length > 1 && line.group?.startsWith("in ") === true) && begins)
      valueColumn = 2 * line.indent + 2;
    if (line.comment !== null) comments.push({ index: out.length, comment: line.comment });
    out.push(text);
  });
  alignComments(out, comments);
  return out;
}

/** The width of the last line of a text. */
function lengthOf(text: string): number {
  return text.length - (text.lastIndexOf("\n") + 1);
}

function groupsOf(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  const blocks = new Map<string, Line[]>();
  let run: Line[] = [];
  let runKey = "";
  for (const line of lines) {
    if (line.aside || line.continues) {
      if (line.blankBefore) runKey = "";
      continue;
    }
    const { group } = line;
    if (group === null) {
      runKey = "";
    } else if (group.startsWith("in ")) {
      const block = blocks.get(group);
      if (block === undefined) {
        const fresh = [line];
        blocks.set(group, fresh);
        groups.push(fresh);
      } else block.push(line);
    } else if (group === runKey && !line.blankBefore) {
      run.push(line);
    } else {
      runKey = group;
      run = [line];
      groups.push(run);
    }
  }
  return groups;
}

/** Sets the comments behind lines that follow each other in one column. */
function alignComments(out: string[], comments: readonly { readonly index: number; readonly comment: string }[]): void {
  for (let i = 0; i < comments.length; ) {
    let end = i + 1;
    while (end < comments.length && comments[end]?.index === (comments[end - 1]?.index ?? 0) + 1) end++;
    const run = comments.slice(i, end);
    const width = Math.max(...run.map(({ index }) => lengthOf(out[index] ?? "")));
    for (const { index, comment } of run) {
      const text = out[index] ?? "";
      out[index] = `${text}${" ".repeat(width - lengthOf(text) + 2)}${comment}`;
    }
    i = end;
  }
}

/** Declarations, printed. */
export interface Printed {
  /** Whole lines; the first is empty where an empty line stands before the declarations. */
  readonly text: string;
  /** An empty line stands before them. */
  readonly isApart: boolean;
  /** Lines of declarations beside it, or comments behind their lines, may stand in columns with its own. */
  readonly joins: boolean;
}

/** An item, and where the text begins that its offsets are of. */
export interface PlacedItem {
  readonly item: Item;
  readonly base: number;
}

/**
 * Prints a text that begins with a line of its file and ends with one.
 *
 * @param items all headers and declarations in it; it has no syntax problems
 * @param beginsFile nothing stands before it
 */
export function print(text: string, items: readonly PlacedItem[], beginsFile: boolean): Printed {
  const { tokens } = lex(text);
  const table = new TokenTable(tokens);
  const marks: Marks = { starts: new Map(), columns: new Set(), glued: new Set(), inline: new Set(), apart: new Set() };
  for (const { item, base } of items) new ItemMarker(base, text, table, marks).item(item);
  const lines = layOut(piecesOf(text, tokens, beginsFile ? 0 : 1), marks, beginsFile);
  const [first, last] = [lines[0], lines.at(-1)];
  const isInRun = ({ group, indent }: Line): boolean => indent === 0 && group !== null && !group.startsWith("in ");
  return {
    text: render(lines)
      .map((line) => `${line.trimEnd()}\n`)
      .join(""),
    isApart: first?.blankBefore === true,
    joins: first?.comment != null || last?.comment != null || lines.some(isInRun),
  };
}
