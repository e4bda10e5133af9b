import * as T from "../tokens.ts";
import type { Token } from "../tokens.ts";
import type { Marks } from "./marks.ts";
import type { Piece } from "./pieces.ts";

/** One line to print; `columns` are joined by spaces, padded within the group. */
export interface Line {
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

/** The lines that pieces stand on, and in which columns of them. */
export function layOut(pieces: readonly Piece[], marks: Marks, beginsFile: boolean): readonly Line[] {
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
