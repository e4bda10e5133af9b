import type { Item } from "./ast.ts";
import { lex } from "./lexer.ts";
import { render } from "./printer/columns.ts";
import { layOut, type Line } from "./printer/layout.ts";
import { ItemMarker, TokenTable, type Marks } from "./printer/marks.ts";
import { piecesOf } from "./printer/pieces.ts";

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
 * Prints a text that begins with a line of its file and ends with one. The printer goes through the tokens and comments
 * of a text, which keeps every comment, and asks the tree only where lines and columns begin.
 *
 * House style: two spaces of indent, one item of a block a line, the values of a block in one column, runs of like
 * lines (`mode`, `stage`, `expect`, one-line `context`) in columns. A block that stands on one line stays so, but those
 * of requests, policies and memory. Line breaks before or after `|`, `&`, `,`, `and`, `or`, `when` and `because` are
 * the author's. At most one blank line.
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
