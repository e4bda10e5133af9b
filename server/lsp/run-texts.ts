import type { Range } from "vscode-languageserver";
import { linesOf, positionAt, type Lines } from "../../grammar/lines.ts";
import { upTo, type Asked, type Run, type Stretches } from "../service/runs.ts";
import type { Step } from "../service/steps.ts";
import { commonEnds } from "./common-ends.ts";
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

/** What is asked of a document: so many items at most, of those that `runsIn` gives for some of its stretches. */
export interface Asking<Item> {
  readonly known: KnownDocument;
  readonly limit: number;
  readonly runsIn: (asked: Asked) => readonly Run<Item>[];
}

/** So many stretches are looked at between two steps. */
const AT_ONCE = 64;

/** What was said last of a document in stretches. */
interface Said extends Stretches {
  readonly lines: Lines;
  /** Of each stretch, each object with a comma behind; and how many items it had. */
  readonly texts: readonly string[];
  readonly counts: readonly number[];
}

/** Of so many documents what was said last is kept, those that were asked for last. */
const MOST_DOCUMENTS = 16;
const NOTHING_SAID: Said = { keys: [], starts: [], hanging: [], lines: linesOf(""), texts: [], counts: [] };

/** A number of a line, in JSON: no string has such a key in it, for its quotes would be escaped. */
const LINE = /(?<="(?:line|startLine|endLine)":)(\d+)/;

const NOTHING_ELSE = (): string => "";

/** What the items of runs are in JSON, kept by the list: what only moves gets other numbers of lines. */
export class RunTexts<Item> {
  readonly #files: FileTable;
  readonly #objectsOf: ObjectsOf<Item>;
  readonly #hangsOn: HangsOn<Item>;
  readonly #kept = new WeakMap<readonly Item[], KeptText>();
  readonly #last = new Map<string, Said>();

  constructor(files: FileTable, objectsOf: ObjectsOf<Item>, hangsOn: HangsOn<Item> = NOTHING_ELSE) {
    this.#files = files;
    this.#objectsOf = objectsOf;
    this.#hangsOn = hangsOn;
  }

  /** All of them as one array. */
  written(known: KnownDocument, runs: readonly Run<Item>[]): Written {
    return new Written(`[${this.of(known, runs).join(",")}]`);
  }

  /**
   * The same of a document in stretches that may never have been asked for: what that takes is made in steps. It may be
   * another when others had their turn: `find` gives what it is.
   */
  async writtenInSteps(find: () => Asking<Item>, step: Step): Promise<Written> {
    const { known, limit, runsIn } = find();
    const stretches = known.kind.answers.stretches?.(known.workspace, known.key);
    if (stretches !== undefined && !this.#last.has(known.key)) {
      const count = stretches.keys.length;
      for (let from = 0; from < count; from += AT_ONCE) {
        this.of(known, runsIn({ from, to: from + AT_ONCE, limit: Number.POSITIVE_INFINITY }));
        await step(from, count);
      }
      return this.writtenOf(find());
    }
    return this.writtenOf({ known, limit, runsIn });
  }

  /** The same of a document in stretches: of those that stay nothing is asked, and where no line moves nothing made. */
  writtenOf({ known, limit, runsIn }: Asking<Item>): Written {
    const stretches = known.kind.answers.stretches?.(known.workspace, known.key);
    if (stretches === undefined) return this.written(known, runsIn(upTo(limit)));
    const before = this.#last.get(known.key) ?? NOTHING_SAID;
    const now = this.#said(known, stretches, before, runsIn);
    this.#last.delete(known.key);
    this.#last.set(known.key, now);
    for (const key of this.#last.keys()) if (this.#last.size > MOST_DOCUMENTS) this.#last.delete(key);
    const count = now.counts.reduce((sum, each) => sum + each, 0);
    return count > limit
      ? this.written(known, runsIn(upTo(limit)))
      : new Written(`[${now.texts.join("").slice(0, -1)}]`);
  }

  #said(
    known: KnownDocument,
    { keys, starts, hanging }: Stretches,
    before: Said,
    runsIn: (asked: Asked) => readonly Run<Item>[],
  ): Said {
    const lines = this.#files.lines(known.document);
    const { head, tail } = commonEnds(before.keys, keys);
    const isMoved = !isSamePlace(before, before.keys.length - tail, { lines, starts }, keys.length - tail);
    const to = isMoved ? keys.length : keys.length - tail;
    const rest = before.keys.length - (keys.length - to);
    const between = to - head;
    const texts = before.texts.slice(0, head).concat(new Array<string>(between).fill(""), before.texts.slice(rest));
    const counts = before.counts.slice(0, head).concat(new Array<number>(between).fill(0), before.counts.slice(rest));
    const ask = (from: number, end: number): void => {
      texts.fill("", from, end);
      counts.fill(0, from, end);
      let index = from;
      for (const run of runsIn({ from, to: end, limit: Number.POSITIVE_INFINITY })) {
        while (index + 1 < end && (starts[index + 1] ?? 0) <= run.start) index += 1;
        const text = this.#textOf(known, run.items, run.start, positionAt(lines, run.start).line, lines);
        texts[index] = text === "" ? "" : `${text},`;
        counts[index] = run.items.length;
      }
    };
    ask(head, to);
    for (const index of hanging) if (index < head || index >= to) ask(index, index + 1);
    return { keys, starts, hanging, lines, texts, counts };
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

interface Placed {
  readonly lines: Lines;
  readonly starts: readonly number[];
}

/** Whether a stretch starts in the line and column in which another one did. */
function isSamePlace(one: Placed, first: number, other: Placed, second: number): boolean {
  const [before, now] = [one.starts[first], other.starts[second]];
  if (before === undefined || now === undefined) return before === now;
  const [place, placeNow] = [positionAt(one.lines, before), positionAt(other.lines, now)];
  return place.line === placeNow.line && place.character === placeNow.character;
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
