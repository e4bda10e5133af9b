import type { ConfigSetting, Declaration, Item, Mask, Predicate, Span } from "./ast.ts";
import { lex } from "./lexer.ts";
import { parseFile } from "./regions.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";
import { commentEnd } from "./trivia.ts";

/**
 * The formatter. It goes through the tokens and comments of the text, which keeps every comment, and asks the tree only
 * where lines and columns begin.
 *
 * House style: two spaces of indent, one item of a block a line, the values of a block in one column, runs of like lines
 * (`mode`, `stage`, `expect`, one-line `context`) in columns. A block that stands on one line stays so, but those of requests,
 * policies and memory. Line breaks before or after `|`, `&`, `,`, `and`, `or`, `when` and `because` are the author's. At most one blank line.
 */
export type Formatted = { readonly kind: "formatted"; readonly text: string } | { readonly kind: "damaged" };

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

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  const { tokens } = lex(text);
  let at = 0;
  let newlines = 0;
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

function markItem(item: Item, base: number, text: string, table: TokenTable, marks: Marks): void {
  const at = (offset: number) => offset + base;
  const begin = (span: Span, group: string | null = null) => marks.starts.set(at(span.start), { group });
  const column = (offset: number) => marks.columns.add(offset);
  const onOneLine = (start: number, end: number) => !text.slice(start, end).includes("\n");
  const inline = (brace: number, end: number): boolean => {
    const fits = brace >= 0 && onOneLine(brace, end);
    if (fits) marks.inline.add(brace);
    return fits;
  };
  const glue = (span: Span) => {
    for (const start of table.within(at(span.start), at(span.end))) marks.glued.add(start);
  };
  const valued = (items: readonly (Span & { readonly keyword?: Span })[], brace: number, isInline: boolean) => {
    for (const one of items) {
      begin(one, `in ${brace}`);
      if (!isInline) column(table.after(at(one.start)));
    }
  };
  const mask = (node: Mask): void => {
    switch (node.kind) {
      case "call":
        marks.glued.add(table.after(at(node.callee.start)));
        mask(node.argument);
        break;
      case "or":
      case "and":
        node.operands.forEach(mask);
        break;
      case "not":
        mask(node.operand);
        break;
      case "paren":
        mask(node.inner);
        break;
      case "name":
      case "number":
      case "missing":
        break;
    }
  };
  const predicate = (node: Predicate): void => {
    switch (node.kind) {
      case "mask":
        mask(node.mask);
        break;
      case "or":
      case "and":
        node.operands.forEach(predicate);
        break;
      case "not":
        predicate(node.operand);
        break;
      case "paren":
        predicate(node.inner);
        break;
      case "in":
      case "measure":
      case "model":
      case "missing":
        break;
    }
  };
  const list = (from: number, end: number) => {
    inline(table.brace(from, end), end);
  };

  begin(item, declarationGroup(item, onOneLine(at(item.start), at(item.end))));
  const end = at(item.end);
  const brace = table.brace(at(item.start), end);
  switch (item.kind) {
    case "kernel":
      item.versions.forEach(glue);
      break;
    case "config": {
      const isInline = inline(brace, end);
      item.settings.forEach((setting: ConfigSetting) => begin(setting, `in ${brace}`));
      if (!isInline) item.settings.forEach((setting) => column(table.after(at(setting.start))));
      break;
    }
    case "import":
      break;
    case "flags":
      mask(item.value);
      break;
    case "transform":
      marks.glued.add(table.after(at(item.start), 2));
      mask(item.body);
      break;
    case "context":
      if (inline(brace, end)) column(brace);
      valued(item.items, brace, marks.inline.has(brace));
      break;
    case "request":
      valued(item.properties, brace, false);
      for (const property of item.properties) {
        if (property.kind === "flags") mask(property.mask);
        else if (property.kind === "waive" && property.rule !== null) glue(property.rule);
        else if (property.kind === "expect") list(at(property.start), at(property.end));
        else if (property.kind === "cache") {
          const open = table.brace(at(property.start), at(property.end));
          const isInline = inline(open, at(property.end));
          property.facts.forEach((fact) => begin(fact, `in ${open}`));
          if (!isInline)
            for (const fact of property.facts) if (fact.kind === "size") column(table.after(at(fact.start)));
        }
      }
      break;
    case "policy":
      for (const clause of item.clauses) {
        begin(clause, clause.kind === "mode" || clause.kind === "stage" ? clause.kind : null);
        switch (clause.kind) {
          case "allow":
          case "forbid":
          case "warn":
            predicate(clause.predicate);
            break;
          case "require":
            predicate(clause.predicate);
            predicate(clause.when);
            break;
          case "ignore":
            clause.masks.forEach(mask);
            break;
          case "stage":
            column(table.after(at(clause.start), 2));
            clause.honours.forEach(mask);
            if (clause.internal) marks.apart.add(at(clause.end) - "internal".length);
            break;
          case "mode": {
            column(table.after(at(clause.start), 2));
            if (clause.when !== null) predicate(clause.when);
            const open = table.brace(at(clause.start), at(clause.end));
            if (inline(open, at(clause.end))) column(open);
            else clause.effects.forEach((effect) => begin(effect, null));
            break;
          }
        }
      }
      break;
    case "memory":
      if (item.source?.kind !== "nodes") break;
      for (const node of item.source.nodes) {
        begin(node);
        for (const zone of node.zones) {
          begin(zone);
          valued(zone.facts, at(zone.start), false);
        }
      }
      break;
    case "expect": {
      const { form } = item;
      if (form === null) break;
      const first = at(form.start);
      if (form.kind === "facts") {
        const open = table.brace(first, end);
        if (inline(open, end)) {
          column(first);
          if (form.on !== null) column(open);
        } else form.facts.forEach((fact) => begin(fact, null));
      } else if (form.kind === "forbids" || form.kind === "allows") {
        column(first);
        column(table.after(first));
        mask(form.mask);
      } else if (form.kind === "gives") {
        if (form.when !== null) predicate(form.when);
        predicate(form.gives);
      }
      break;
    }
  }
}

function declarationGroup(item: Item | Declaration, oneLine: boolean): string | null {
  if (!oneLine) return null;
  if (item.kind === "context") return "context";
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
  /** Only a comment. */
  readonly aside: boolean;
}

const BREAKS_BEFORE = new Set(["|", "&", "and", "or", "because", "when"]);
const BREAKS_AFTER = new Set(["|", "&", ",", "and", "or"]);

function layOut(pieces: readonly Piece[], marks: Marks): Line[] {
  const lines: Line[] = [];
  const at: { line: Line | null } = { line: null };
  const blocks: boolean[] = [];
  let depth = 0;
  let previous: Piece | null = null;
  let afterOpen = false;

  const open = (piece: Piece, continues: boolean, aside: boolean, group: string | null = null): Line => {
    const blank = piece.newlines > 1 && lines.length > 0 && !afterOpen && !continues && piece.text !== "}";
    const fresh: Line = { indent: depth, columns: [""], group, comment: null, blankBefore: blank, continues, aside };
    lines.push(fresh);
    at.line = fresh;
    return fresh;
  };
  const nextToken = (from: number) => {
    for (let i = from; i < pieces.length; i++) if (pieces[i]?.token !== null) return pieces[i];
    return undefined;
  };

  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) break;
    if (piece.text === ";" && piece.token !== null) continue;
    const isLineComment: boolean = piece.token === null && piece.text.startsWith("//");
    const mustBreak: boolean = previous !== null && previous.token === null && previous.text.startsWith("//");
    const current = at.line;
    if (piece.token === null) {
      const next = nextToken(i + 1);
      const closes = next?.token?.tokenType === T.RCurly && blocks[blocks.length - 1] === false;
      const betweenItems =
        next === undefined || closes || (marks.starts.has(next.start) && blocks[blocks.length - 1] !== true);
      if (current === null || mustBreak || piece.newlines > 0) {
        open(piece, !betweenItems, true).columns[0] = piece.text;
      } else if (isLineComment) {
        current.comment = current.comment === null ? piece.text : `${current.comment} ${piece.text}`;
      } else {
        append(current, piece.text, current.columns[0] === "" ? "" : " ");
      }
      afterOpen = false;
      previous = piece;
      continue;
    }

    const start = marks.starts.get(piece.start);
    const inlineBlock = blocks[blocks.length - 1] === true;
    const closing = piece.token.tokenType === T.RCurly;
    if (closing) {
      blocks.pop();
      if (!inlineBlock) depth--;
    }
    // A block comment before an item, on its line, stays there.
    const ledByComment: boolean = current?.aside === true && !mustBreak && piece.newlines === 0;
    if (current === null) open(piece, false, false, start?.group ?? null);
    else if (start !== undefined && !inlineBlock) {
      if (ledByComment && !closing) current.group = null;
      else open(piece, false, false, start.group);
    } else if (closing && !inlineBlock) {
      open(piece, false, false);
    } else if (
      mustBreak ||
      (piece.newlines > 0 &&
        !ledByComment &&
        (BREAKS_BEFORE.has(piece.text) ||
          (previous !== null && BREAKS_AFTER.has(previous.text)) ||
          previous?.token === null))
    ) {
      open(piece, true, false);
    }
    const target = at.line ?? open(piece, false, false);
    if (
      marks.columns.has(piece.start) &&
      !target.continues &&
      target.columns[target.columns.length - 1] !== "" &&
      !target.aside
    )
      target.columns.push("");
    append(target, piece.text, separator(previous, piece, marks, start !== undefined && inlineBlock));
    afterOpen = false;
    if (piece.token.tokenType === T.LCurly) {
      const isInline = marks.inline.has(piece.start);
      blocks.push(isInline);
      if (!isInline) {
        depth++;
        afterOpen = true;
      }
    }
    previous = piece;
  }
  return lines;
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
  if (previous.text === "(" || previous.text === "~" || piece.text === ")" || piece.text === "," || piece.text === ":")
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
    if (!line.continues && !(line.columns.length > 1 && line.group?.startsWith("in ") === true) && !line.aside)
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

/**
 * The text in the house style, with the same comments and the same tree. A text with syntax problems is left alone. Line
 * endings are kept: CRLF if the text has any.
 */
export function format(text: string): Formatted {
  const file = parseFile(text);
  if (file.regions.some((region) => region.problems.length > 0)) return { kind: "damaged" };
  const { tokens } = lex(text);
  const table = new TokenTable(tokens);
  const marks: Marks = { starts: new Map(), columns: new Set(), glued: new Set(), inline: new Set(), apart: new Set() };
  file.regions.forEach((region, i) => {
    if (region.item !== null) markItem(region.item, file.starts[i] ?? 0, text, table, marks);
  });
  const lines = render(layOut(piecesOf(text), marks)).map((line) => line.trimEnd());
  const printed = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  return { kind: "formatted", text: mark + (text.includes("\r\n") ? printed.replace(/\n/g, "\r\n") : printed) };
}
