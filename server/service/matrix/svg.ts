import { legendOf, linesOfMatrix, type MatrixCellText } from "./text.ts";
import type { Matrix } from "./spans.ts";

// Lengths in pixels.
const MARGIN = 20;
const ROW = 22;
const NAME_WIDTH = 216;
const LEAST_COLUMN = 128;
const MOST_COLUMN = 260;
/** The width of a character of the monospace face at 12 px, rounded up. */
const CHARACTER = 7.3;
const LEAST_TEXT_COLUMNS = 80;

const STYLE = `
  svg { --paper: #ffffff; --ink: #1f2328; --quiet: #656d76; --line: #d8dee4; --allowed: #1a7f37; --allowed-back: #dafbe1; --required: #0a5cad; --required-back: #cfe6ff;
    --selects: #7a3fbf; --selects-back: #ebdcff; --forbidden: #6e7781; --ignored: #7d5c00; --ignored-back: #fff3c4; --differs: #b34000; font: 12px ui-monospace, SFMono-Regular, Consolas, "DejaVu Sans Mono", monospace; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --line: #30363d; --allowed: #56d364; --allowed-back: #12361f; --required: #79c0ff; --required-back: #0c2d52;
      --selects: #d2a8ff; --selects-back: #3a2258; --forbidden: #848d97; --ignored: #e3b341; --ignored-back: #3b2e00; --differs: #ffa657; }
  }
  text { fill: var(--ink); dominant-baseline: central; white-space: pre; }
  .title { font-size: 16px; font-weight: 600; } .quiet { fill: var(--quiet); } .head { font-weight: 600; } .line { stroke: var(--line); } .paper { fill: var(--paper); }
  .differs { fill: var(--differs); font-weight: 600; }
  .allowed { fill: var(--allowed); } .required { fill: var(--required); } .selects { fill: var(--selects); } .forbidden { fill: var(--forbidden); } .ignored { fill: var(--ignored); }
  .back-allowed { fill: var(--allowed-back); } .back-required { fill: var(--required-back); } .back-selects { fill: var(--selects-back); } .back-ignored { fill: var(--ignored-back); }
`;

/** The matrix as a self-contained picture, light or dark as the reader's system is. */
export function toSvg(matrix: Matrix): string {
  const lines = linesOfMatrix(matrix);
  const { title, subtitle, columns, groups, notes, conditions } = lines;
  const columnWidth = Math.round(
    Math.min(
      MOST_COLUMN,
      Math.max(
        LEAST_COLUMN,
        ...columns.map(({ name, selectedBy }) => Math.max(name.length, selectedBy.length) * CHARACTER + 16),
        ...groups.flatMap(({ rows }) =>
          rows.flatMap(({ cells }) => cells.map((cell) => cellLabel(cell).length * CHARACTER + 24)),
        ),
      ),
    ),
  );
  const tableWidth = NAME_WIDTH + columns.length * columnWidth;
  const textColumns = Math.max(LEAST_TEXT_COLUMNS, Math.floor(tableWidth / CHARACTER));
  const width = Math.ceil(Math.max(tableWidth, textColumns * CHARACTER) + 2 * MARGIN);
  const parts: string[] = [];
  let y = MARGIN + 8;
  const text = (x: number, content: string, style: string): void =>
    void parts.push(`<text x="${x}" y="${y}" class="${style}">${escaped(content)}</text>`);
  const columnAt = (index: number): number => MARGIN + NAME_WIDTH + index * columnWidth;

  text(MARGIN, title, "title");
  y += 24;
  for (const line of wrapped(subtitle, textColumns)) {
    text(MARGIN, line, "quiet");
    y += 18;
  }
  y += 12;
  columns.forEach(({ name }, index) => text(columnAt(index) + 8, shortened(name, columnWidth), "head"));
  if (columns.some(({ selectedBy }) => selectedBy !== "")) {
    y += 18;
    columns.forEach(({ selectedBy }, index) => {
      parts.push(
        `<text x="${columnAt(index) + 8}" y="${y}" class="quiet"><title>${escaped(selectedBy)}</title>${escaped(shortened(selectedBy, columnWidth))}</text>`,
      );
    });
  }
  y += 10;
  for (const group of groups) {
    y += 14;
    text(MARGIN, group.title, "head quiet");
    y += 12;
    parts.push(`<line x1="${MARGIN}" y1="${y}" x2="${MARGIN + tableWidth}" y2="${y}" class="line"/>`);
    for (const { name, cells } of group.rows) {
      y += ROW / 2;
      text(MARGIN + 8, name, "");
      cells.forEach((cell, index) => parts.push(cellSvg(cell, columnAt(index), y, columnWidth)));
      y += ROW / 2;
    }
  }
  y += 24;
  for (const line of wrapped(legendOf(lines).join("; "), textColumns)) {
    text(MARGIN, line, "quiet");
    y += 18;
  }
  const list = (heading: string, style: string, entries: readonly (readonly [mark: string, text: string])[]): void => {
    if (entries.length === 0) return;
    y += 10;
    text(MARGIN, heading, style);
    y += 20;
    for (const [sign, content] of entries) {
      wrapped(content, textColumns - 4).forEach((line, at) => {
        text(MARGIN, `${(at === 0 ? sign : "").padStart(2)}  ${line}`, "");
        y += 18;
      });
    }
  };
  list(
    "On what it depends",
    "head",
    conditions.map(({ letter, text: content }) => [letter, content]),
  );
  list(
    "Where the kernel differs",
    "differs",
    notes.map((note, index) => [String(index + 1), note]),
  );
  const height = Math.ceil(y + MARGIN - 8);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(`${title}, ${subtitle}`)}">`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" class="paper"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function cellLabel({ symbol, text, note, condition }: MatrixCellText): string {
  return `${symbol === "" ? "" : `${symbol} `}${text}${condition === null ? "" : ` ${condition}`}${note === null ? "" : ` ⚠${note}`}`;
}

function cellSvg(cell: MatrixCellText, x: number, y: number, width: number): string {
  if (cell.kind === "none") return "";
  const back =
    cell.kind === "promise" || cell.kind === "forbidden"
      ? ""
      : `<rect x="${x + 2}" y="${y - ROW / 2 + 2}" width="${width - 4}" height="${ROW - 4}" rx="4" class="back-${cell.kind}"/>`;
  const mark = cell.note === null ? "" : `<tspan class="differs"> ⚠${cell.note}</tspan>`;
  const words = `${cell.symbol === "" ? "" : `${cell.symbol} `}${cell.text}${cell.condition === null ? "" : ` ${cell.condition}`}`;
  const hint = cell.reason === "" ? "" : `<title>${escaped(cell.reason)}</title>`;
  return `<g>${hint}${back}<text x="${x + 8}" y="${y}" class="${cell.kind}">${escaped(words)}${mark}</text></g>`;
}

function shortened(text: string, width: number): string {
  const most = Math.floor((width - 12) / CHARACTER);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Lines of at most so many characters; a longer word stands alone. */
function wrapped(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
