import type { Row } from "../../conformance/row.ts";
import { numberOf } from "../../conformance/row.ts";

/** What one boot left behind. */
export interface BootLog {
  /** The recorder's port: one JSON object a line, and whatever a dying kernel made of the last. */
  readonly rows: string;
  /** The console: kernel messages, and `@@ROW n` before each row. */
  readonly console: string;
  /** `exited`: the machine was switched off or started anew. `silent`: it wrote nothing for too long and was ended. */
  readonly end: "exited" | "silent";
}

/** What a boot log says. */
export interface BootOutcome {
  readonly rows: readonly Row[];
  /** The part is complete. */
  readonly ended: boolean;
  /** The recorder's own watchdog gave up. */
  readonly stuck: boolean;
  /** The row that had begun and did not end. */
  readonly begun: Row | null;
  /** The number of the last row, 0 when there is none. */
  readonly lastId: number;
}

function parse(text: string): Row | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** A row that death cut short has the next one's beginning glued to it. */
function gluedBegin(line: string): Row | null {
  const at = line.lastIndexOf('{"begin"');
  return at > 0 ? parse(line.slice(at)) : null;
}

/** Reads the recorder's port. */
export function readBootLog({ rows: text }: Pick<BootLog, "rows">): BootOutcome {
  const rows: Row[] = [];
  let begun: Row | null = null;
  let ended = false;
  let stuck = false;
  let lastId = 0;
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "") continue;
    const row = parse(line);
    if (row === null) {
      begun = gluedBegin(line) ?? begun;
      stuck ||= line.includes('"stuck"');
    } else if ("begin" in row) begun = row;
    else if ("end" in row && !("kind" in row)) ended = true;
    else if ("stuck" in row) stuck = true;
    else {
      const id = numberOf(row, "id");
      if (id !== null && begun !== null && id === numberOf(begun, "id")) begun = null;
      lastId = id ?? lastId;
      rows.push(row);
    }
  }
  return { rows, ended, stuck, begun, lastId };
}

const TELLING = /kernel BUG|BUG:|Oops|panic|WARNING:|RIP: 0010|scheduling while|stuck|watchdog/;
const MOST_LINES = 10;
const LONGEST_LINE = 240;

/** The console's lines that say why the last row ended the machine, without their time stamps, each once. */
export function lastWords(console: string): readonly string[] {
  const lines = console
    .slice(Math.max(0, console.lastIndexOf("@@ROW ")))
    .split("\n")
    .slice(0, 400)
    .map((line) => line.trimEnd().replace(/^\[\s*[\d.]+\] /, ""))
    .filter((line) => TELLING.test(line));
  return [...new Set(lines)].slice(0, MOST_LINES).map((line) => line.slice(0, LONGEST_LINE));
}
