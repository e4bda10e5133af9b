import type { Range } from "vscode-languageserver";
import { positionAt, type Lines } from "../../grammar/lines.ts";
import type { Run } from "../service/runs.ts";
import { Written } from "./written.ts";

/** The place of a stretch of a run; offsets in the run. */
export type RangeOf = (start: number, end: number) => Range;

/** The JSON of a run's items, and what of it hangs on the line that the run starts in. */
interface KeptText {
  /** The document as the client calls it. */
  readonly uri: string;
  /** Where the run started in its line: what stands in the same line hangs on it. */
  readonly column: number;
  /** Between two pieces stands a line, counted from the one that the run starts in. */
  readonly pieces: readonly string[];
  readonly lines: readonly number[];
  /** The text as it was last, and the line that the run started in. */
  line: number;
  text: string;
}

/** A number of a line, in JSON: no string has such a key in it, for its quotes would be escaped. */
const LINE = /(?<="(?:line|startLine|endLine)":)(\d+)/;

/** What the protocol has for the items of a run, in a document that the client calls so. */
export type ObjectsOf<Item> = (items: readonly Item[], rangeOf: RangeOf, uri: string) => readonly object[];

/** What the items of runs are in JSON, kept by the list: what only moves gets other numbers of lines. */
export class RunTexts<Item> {
  readonly #objectsOf: ObjectsOf<Item>;
  readonly #kept = new WeakMap<readonly Item[], KeptText>();

  /** @param objectsOf may hang on nothing but what it is given. */
  constructor(objectsOf: ObjectsOf<Item>) {
    this.#objectsOf = objectsOf;
  }

  /** All of them as one array. */
  written(uri: string, runs: readonly Run<Item>[], lines: Lines): Written {
    return new Written(`[${this.of(uri, runs, lines).join(",")}]`);
  }

  /** The text of each run in which something is said: objects with commas between. */
  of(uri: string, runs: readonly Run<Item>[], lines: Lines): readonly string[] {
    const texts: string[] = [];
    const { starts } = lines;
    let line = positionAt(lines, runs[0]?.start ?? 0).line;
    for (const { start, items } of runs) {
      // Runs come in order, mostly: the line of each is found by going on from the one before.
      if (start < (starts[line] ?? 0)) line = positionAt(lines, start).line;
      while ((starts[line + 1] ?? Number.POSITIVE_INFINITY) <= start) line += 1;
      const text = this.#textOf(uri, items, start, line, lines);
      if (text !== "") texts.push(text);
    }
    return texts;
  }

  #textOf(uri: string, items: readonly Item[], start: number, line: number, lines: Lines): string {
    const known = this.#kept.get(items);
    const column = start - (lines.starts[line] ?? 0);
    if (known === undefined || known.column !== column || known.uri !== uri) {
      const rangeOf: RangeOf = (from, to) => ({
        start: positionAt(lines, start + from),
        end: positionAt(lines, start + to),
      });
      const text = JSON.stringify(this.#objectsOf(items, rangeOf, uri)).slice(1, -1);
      this.#kept.set(items, { uri, column, line, text, ...inPieces(text, line) });
      return text;
    }
    if (known.line !== line) {
      known.text = textAt(known, line);
      known.line = line;
    }
    return known.text;
  }
}

function inPieces(text: string, line: number): Pick<KeptText, "pieces" | "lines"> {
  const parts = text.split(LINE);
  return {
    pieces: parts.filter((_, i) => i % 2 === 0),
    lines: parts.filter((_, i) => i % 2 === 1).map((number) => Number(number) - line),
  };
}

function textAt({ pieces, lines }: KeptText, line: number): string {
  let text = pieces[0] ?? "";
  for (let i = 0; i < lines.length; i += 1) text += `${(lines[i] ?? 0) + line}${pieces[i + 1] ?? ""}`;
  return text;
}
