import { linesOfMatrix, MEANINGS, SYMBOLS, type MatrixCellText } from "./matrix-text.ts";
import type { Matrix } from "./matrix.ts";

/** The matrix as a Markdown document: one table, a legend, and notes on where the kernel differs. */
export function toMarkdown(matrix: Matrix): string {
  const { title, subtitle, columns, groups, notes } = linesOfMatrix(matrix);
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const table = [
    row(["", ...columns.map(({ name }) => escaped(name))]),
    row(["---", ...columns.map(() => "---")]),
    ...(columns.some(({ selectedBy }) => selectedBy !== "") ? [row(["*selected by*", ...columns.map(({ selectedBy }) => (selectedBy === "" ? "" : code(selectedBy)))])] : []),
    ...groups.flatMap((group) => [
      row([`**${group.title}**`, ...columns.map(() => "")]),
      ...group.rows.map(({ name, cells }) => row([code(name), ...cells.map(cellText)])),
    ]),
  ];
  const legend = Object.entries(MEANINGS).map(([kind, meaning]) => `${symbolOf(kind)} ${kind}: ${meaning}`).join("; ");
  return [
    `# ${escaped(title)}`,
    "",
    `${escaped(subtitle[0]?.toUpperCase() ?? "")}${escaped(subtitle.slice(1))}.`,
    "",
    ...table,
    "",
    `${legend}.`,
    "",
    ...(notes.length === 0 ? [] : ["Where the kernel differs:", "", ...notes.map((note, index) => `${index + 1}. ${escaped(note)}`), ""]),
  ].join("\n");
}

function symbolOf(kind: string): string {
  return Object.entries(SYMBOLS).find(([known]) => known === kind)?.[1] ?? "";
}

function cellText({ symbol, text, note }: MatrixCellText): string {
  const words = symbol === "" ? escaped(text) : `${symbol} ${escaped(text)}`;
  return note === null ? words : `${words} ⚠ [${note}]`;
}

/** In a table a `|` ends the cell, in code as well. */
function code(text: string): string {
  return `\`${text.replaceAll("`", "").replaceAll("|", "\\|")}\``;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, "\\$&");
}
