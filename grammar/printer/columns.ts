import type { Line } from "./layout.ts";

/** Pads the columns of each group and gives the finished lines. */
export function render(lines: readonly Line[]): string[] {
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
