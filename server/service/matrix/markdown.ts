import { cellCode, escaped } from "../markdown.ts";
import { legendOf, linesOfMatrix, type MatrixCellText } from "./text.ts";
import type { Matrix } from "./spans.ts";

/** The matrix as a Markdown document: one table, a legend, and notes on where the kernel differs. */
export function toMarkdown(matrix: Matrix): string {
  const lines = linesOfMatrix(matrix);
  const { title, subtitle, columns, groups, notes, conditions } = lines;
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const table = [
    row(["", ...columns.map(({ name }) => escaped(name))]),
    row(["---", ...columns.map(() => "---")]),
    ...(columns.some(({ selectedBy }) => selectedBy !== "")
      ? [row(["*selected by*", ...columns.map(({ selectedBy }) => (selectedBy === "" ? "" : cellCode(selectedBy)))])]
      : []),
    ...groups.flatMap((group) => [
      row([`**${group.title}**`, ...columns.map(() => "")]),
      ...group.rows.map(({ name, cells }) => row([cellCode(name), ...cells.map(cellText)])),
    ]),
  ];
  return [
    `# ${escaped(title)}`,
    "",
    `${escaped(subtitle[0]?.toUpperCase() ?? "")}${escaped(subtitle.slice(1))}.`,
    "",
    ...table,
    "",
    `${legendOf(lines).join("; ")}.`,
    "",
    ...(conditions.length === 0
      ? []
      : ["On what it depends:", "", ...conditions.map(({ letter, text }) => `- [${letter}] ${withCode(text)}`), ""]),
    ...(notes.length === 0
      ? []
      : ["Where the kernel differs:", "", ...notes.map((note, index) => `${index + 1}. ${escaped(note)}`), ""]),
  ].join("\n");
}

/** A reason, with what it quotes of the policy left as code. */
function withCode(reason: string): string {
  return reason
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : escaped(part)))
    .join("");
}

function cellText({ symbol, text, note, condition }: MatrixCellText): string {
  const words = `${symbol === "" ? "" : `${symbol} `}${escaped(text)}${condition === null ? "" : ` [${condition}]`}`;
  return note === null ? words : `${words} ⚠ [${note}]`;
}
