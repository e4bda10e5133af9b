import type { Range } from "vscode-languageserver";
import { positionAt, type Lines } from "../../grammar/lines.ts";
import type { Run } from "../service/runs.ts";
import type { FileTable } from "./file-table.ts";
import type { KnownDocument } from "./session.ts";
import { Written } from "./written.ts";

/** The place of a stretch of a run; offsets in the run. */
export type RangeOf = (start: number, end: number) => Range;

/** What the protocol has for the items of a run of this document. */
export type ObjectsOf<Item> = (items: readonly Item[], rangeOf: RangeOf, known: KnownDocument) => readonly object[];

/** What that hangs on beside the items and where in its line the run starts. */
export type HangsOn<Item> = (items: readonly Item[], start: number, known: KnownDocument) => string;

/** The JSON of a run's items, and what of it hangs on the line that the run starts in. */
interface KeptText {
  /** Where the run started in its line: what stands in the same line hangs on it. */
  readonly column: number;
  readonly hangsOn: string;
  /** The text as it was last, and the line that the run started in. */
  line: number;
  text: string;
  /** Made when it first moves. */
  pieces: Pieces | null;
}

/** Between two pieces stands a line, counted from the one that the run starts in. */
interface Pieces {
  readonly texts: readonly string[];
  readonly lines: readonly number[];
}

/** A number of a line, in JSON: no string has such a key in it, for its quotes would be escaped. */
const LINE = /(?<="(?:line|startLine|endLine)":)(\d+)/;

const NOTHING_ELSE = (): string => "";

/** What the items of runs are in JSON, kept by the list: what only moves gets other numbers of lines. */
export class RunTexts<Item> {
  readonly #files: FileTable;
  readonly #objectsOf: ObjectsOf<Item>;
  readonly #hangsOn: HangsOn<Item>;
  readonly #kept = new WeakMap<readonly Item[], KeptText>();

  constructor(files: FileTable, objectsOf: ObjectsOf<Item>, hangsOn: HangsOn<Item> = NOTHING_ELSE) {
    this.#files = files;
    this.#objectsOf = objectsOf;
    this.#hangsOn = hangsOn;
  }

  /** All of them as one array. */
  written(known: KnownDocument, runs: readonly Run<Item>[]): Written {
    return new Written(`[${this.of(known, runs).join(",")}]`);
  }

  /** The text of each run in which something is said: objects with commas between. */
  of(known: KnownDocument, runs: readonly Run<Item>[]): readonly string[] {
    const texts: string[] = [];
    const lines = this.#files.lines(known.document);
    const { starts } = lines;
    let line = positionAt(lines, runs[0]?.start ?? 0).line;
    for (const { start, items } of runs) {
      // Runs come in order, mostly: the line of each is found by going on from the one before.
      if (start < (starts[line] ?? 0)) line = positionAt(lines, start).line;
      while ((starts[line + 1] ?? Number.POSITIVE_INFINITY) <= start) line += 1;
      const text = this.#textOf(known, items, start, line, lines);
      if (text !== "") texts.push(text);
    }
    return texts;
  }

  #textOf(known: KnownDocument, items: readonly Item[], start: number, line: number, lines: Lines): string {
    const before = this.#kept.get(items);
    const column = start - (lines.starts[line] ?? 0);
    const hangsOn = this.#hangsOn(items, start, known);
    if (before === undefined || before.column !== column || before.hangsOn !== hangsOn) {
      const rangeOf: RangeOf = (from, to) => ({
        start: positionAt(lines, start + from),
        end: positionAt(lines, start + to),
      });
      const text = JSON.stringify(this.#objectsOf(items, rangeOf, known)).slice(1, -1);
      this.#kept.set(items, { column, hangsOn, line, text, pieces: null });
      return text;
    }
    if (before.line !== line) {
      before.pieces ??= inPieces(before.text, before.line);
      before.text = textAt(before.pieces, line);
      before.line = line;
    }
    return before.text;
  }
}

function inPieces(text: string, line: number): Pieces {
  const parts = text.split(LINE);
  return {
    texts: parts.filter((_, i) => i % 2 === 0),
    lines: parts.filter((_, i) => i % 2 === 1).map((number) => Number(number) - line),
  };
}

function textAt({ texts, lines }: Pieces, line: number): string {
  let text = texts[0] ?? "";
  for (let i = 0; i < lines.length; i += 1) text += `${(lines[i] ?? 0) + line}${texts[i + 1] ?? ""}`;
  return text;
}
