import type { Range } from "vscode-languageserver";
import { differenceOf } from "../../grammar/difference.ts";
import { linesOf, positionAt, startOf, touchedLine, type Lines, type Position } from "../../grammar/lines.ts";
import type { Document } from "../documents/document.ts";
import { upTo, type Asked, type Run, type Stretches } from "../service/runs.ts";
import type { Step } from "../service/steps.ts";
import type { FileTable } from "./file-table.ts";
import type { KnownDocument } from "./session.ts";
import { inParts, Written, type Part } from "./written.ts";

/** The place of a stretch of a run; offsets in the run. */
export type RangeOf = (start: number, end: number) => Range;

/** What the protocol has for the items of a run of this document. */
export type ObjectsOf<Item> = (items: readonly Item[], rangeOf: RangeOf, known: KnownDocument) => readonly object[];

/** A stretch of a document that items of a run speak of, and that may move by itself. */
export interface Elsewhere {
  readonly document: Document;
  readonly start: number;
  readonly end: number;
}

/** All of them, always in the same order; null where there can be none. */
export type ElsewhereOf<Item> = (items: readonly Item[], known: KnownDocument) => readonly Elsewhere[] | null;

/** The JSON of a run's items, and what of it hangs on the line that the run starts in. */
interface KeptText {
  /** Where the run started in its line: what stands in the same line hangs on it. */
  readonly column: number;
  /** The document as the client calls it. */
  readonly uri: string;
  /** Where what it speaks of elsewhere stood, in lines from the one that the run starts in; null: nothing. */
  readonly elsewhere: readonly Range[] | null;
  /** What it speaks of stands in other documents as well. */
  readonly isFarther: boolean;
  /** All that it speaks of stands in these lines, counted from the one that the run starts in, or there as well. */
  readonly from: number;
  readonly to: number;
  /** When it was listed last. */
  time: number;
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
  /** Of each stretch, objects with commas between; and how many items it had, and all together. */
  readonly texts: readonly string[];
  readonly counts: readonly number[];
  readonly count: number;
  /** Those of its texts that are not empty. */
  readonly parts: readonly Part[];
}

/** How the runs of a document were listed last, all together, and where its lines started. */
interface Listed {
  readonly uri: string;
  readonly lines: Lines;
  readonly time: number;
  /** Of each run what its items are called by, and their text. */
  readonly items: readonly (readonly unknown[])[];
  readonly kept: readonly KeptText[];
}

/** Of so many documents what was said last is kept, those that were asked for last. */
const MOST_DOCUMENTS = 16;
const NOTHING_SAID: Said = {
  keys: [],
  starts: [],
  hanging: [],
  lines: linesOf(""),
  texts: [],
  counts: [],
  count: 0,
  parts: [],
};

/** A number of a line, in JSON: no string has such a key in it, for its quotes would be escaped. */
const LINE = /(?<="(?:line|startLine|endLine)":)(\d+)/;

const NOTHING_ELSEWHERE = (): null => null;

/** What the items of runs are in JSON, kept by the list: what only moves gets other numbers of lines. */
export class RunTexts<Item> {
  readonly #files: FileTable;
  readonly #objectsOf: ObjectsOf<Item>;
  readonly #elsewhereOf: ElsewhereOf<Item>;
  readonly #kept = new WeakMap<readonly Item[], KeptText>();
  readonly #last = new Map<string, Said>();
  readonly #listed = new Map<string, Listed>();
  #times = 0;

  constructor(files: FileTable, objectsOf: ObjectsOf<Item>, elsewhereOf: ElsewhereOf<Item> = NOTHING_ELSEWHERE) {
    this.#files = files;
    this.#objectsOf = objectsOf;
    this.#elsewhereOf = elsewhereOf;
  }

  /** All of them as one array. */
  written(known: KnownDocument, runs: readonly Run<Item>[]): Written {
    return Written.array(inParts(this.of(known, runs)));
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
    return now.count > limit ? this.written(known, runsIn(upTo(limit))) : Written.array(now.parts);
  }

  #said(
    known: KnownDocument,
    { keys, starts, hanging }: Stretches,
    before: Said,
    runsIn: (asked: Asked) => readonly Run<Item>[],
  ): Said {
    const lines = this.#files.lines(known.document);
    const { start: head, oldEnd, newEnd } = differenceOf(before.keys, keys);
    const isMoved = !isSamePlace(before, oldEnd, { lines, starts }, newEnd);
    const to = isMoved ? keys.length : newEnd;
    const rest = before.keys.length - (keys.length - to);
    const asked = hanging.filter((index) => index < head || index >= to).map((index) => [index, index + 1] as const);
    const fresh = [[head, to] as const, ...asked].map(([from, end]) =>
      this.#stretchesIn(known, starts, from, end, runsIn),
    );
    // Nearly always: what a key changes is not said, and what stands behind it stays in its place.
    const isSame =
      to === rest && fresh.every(({ from, texts }) => texts.every((text, i) => text === before.texts[from + i]));
    if (isSame) return { ...before, keys, starts, hanging, lines };
    const texts = before.texts.slice(0, head).concat(new Array<string>(to - head).fill(""), before.texts.slice(rest));
    const counts = before.counts.slice(0, head).concat(new Array<number>(to - head).fill(0), before.counts.slice(rest));
    for (const { from, texts: of, counts: ofEach } of fresh) {
      for (const [i, text] of of.entries()) texts[from + i] = text;
      for (const [i, count] of ofEach.entries()) counts[from + i] = count;
    }
    const said = texts.filter((text) => text !== "");
    const count = counts.reduce((sum, each) => sum + each, 0);
    return { keys, starts, hanging, lines, texts, counts, count, parts: inParts(said, before.parts) };
  }

  /** What is said of the stretches in [from, end). */
  #stretchesIn(
    known: KnownDocument,
    starts: readonly number[],
    from: number,
    end: number,
    runsIn: (asked: Asked) => readonly Run<Item>[],
  ): Pick<Said, "texts" | "counts"> & { readonly from: number } {
    const lines = this.#files.lines(known.document);
    const texts = new Array<string>(end - from).fill("");
    const counts = new Array<number>(end - from).fill(0);
    let index = from;
    for (const run of runsIn({ from, to: end, limit: Number.POSITIVE_INFINITY })) {
      while (index + 1 < end && (starts[index + 1] ?? 0) <= run.start) index += 1;
      const { text } = this.#textOf(known, run, lines);
      texts[index - from] = text;
      counts[index - from] = run.items.length;
    }
    return { from, texts, counts };
  }

  /** The text of each run in which something is said: objects with commas between. */
  of(known: KnownDocument, runs: readonly Run<Item>[]): readonly string[] {
    const { key, document } = known;
    const lines = this.#files.lines(document);
    const uri = this.#files.clientUri(key);
    const last = this.#listed.get(key);
    const touched = last?.uri !== uri ? null : touchedLine(last.lines, lines);
    this.#times += 1;
    const texts: string[] = [];
    const items: (readonly Item[])[] = [];
    const all: KeptText[] = [];
    const fewer = (last?.items.length ?? 0) - runs.length;
    let moved = 0;
    for (let i = 0; i < runs.length; i += 1) {
      const run = runs[i];
      if (run === undefined) continue;
      // Nearly all stand where they stood, from the first on or from the last on.
      const at = last?.items[i] === run.items ? i : i + fewer;
      const before = last?.items[at] === run.items ? last.kept[at] : this.#kept.get(run.items);
      const isUntouched =
        before !== undefined &&
        touched !== null &&
        before.time === last?.time &&
        isPlaceOf(lines, run.start, { line: before.line, character: before.column }, 0) &&
        !isIn(before, touched);
      const lineBefore = before?.line ?? 0;
      const kept = isUntouched ? before : this.#textOf(known, run, lines, before, lineBefore + moved);
      kept.time = this.#times;
      items.push(run.items);
      all.push(kept);
      // What stands behind it moved by as many lines, mostly.
      moved = kept.line - lineBefore;
      if (kept.text !== "") texts.push(kept.text);
    }
    this.#listed.delete(key);
    this.#listed.set(key, { uri, lines, time: this.#times, items, kept: all });
    for (const first of this.#listed.keys()) if (this.#listed.size > MOST_DOCUMENTS) this.#listed.delete(first);
    return texts;
  }

  /** @param guess the line in which the run may start */
  #textOf(
    known: KnownDocument,
    { items, start }: Run<Item>,
    lines: Lines,
    before = this.#kept.get(items),
    guess = before?.line ?? 0,
  ): KeptText {
    const { line, character: column } = isAt(lines, start, guess) ? at(lines, start, guess) : positionAt(lines, start);
    const uri = this.#files.clientUri(known.key);
    const isSame = before !== undefined && before.column === column && before.uri === uri;
    if (!isSame || !this.#isElsewhereSame(known, items, before.elsewhere, line)) {
      const rangeOf: RangeOf = (from, to) => {
        const begin = positionAt(lines, start + from, line);
        return { start: begin, end: positionAt(lines, start + to, begin.line) };
      };
      const text = JSON.stringify(this.#objectsOf(items, rangeOf, known)).slice(1, -1);
      const places = this.#elsewhereOf(items, known);
      const elsewhere = places?.map((place) => this.#rangeFrom(place, line)) ?? null;
      const isFarther = places?.some(({ document }) => document !== known.document) ?? false;
      const from = elsewhere?.reduce((least, { start }) => Math.min(least, start.line), 0) ?? 0;
      const to = elsewhere?.reduce((most, { end }) => Math.max(most, end.line), 0) ?? 0;
      const kept = { column, uri, elsewhere, isFarther, from, to, time: 0, line, text, pieces: null };
      this.#kept.set(items, kept);
      return kept;
    }
    if (before.line !== line) {
      before.pieces ??= inPieces(before.text, before.line);
      before.text = textAt(before.pieces, line);
      before.line = line;
    }
    return before;
  }

  /** Lines are counted from one. */
  #rangeFrom({ document, ...place }: Elsewhere, line: number): Range {
    const { start, end } = this.#files.rangeIn(document, place.start, place.end);
    return {
      start: { ...start, line: start.line - line },
      end: { ...end, line: end.line - line },
    };
  }

  /** Whether it stands where it stood, as seen from the run: then its lines are patched with those of the run. */
  #isElsewhereSame(
    known: KnownDocument,
    items: readonly Item[],
    before: readonly Range[] | null,
    line: number,
  ): boolean {
    if (before === null) return true;
    const places = this.#elsewhereOf(items, known);
    return (
      places?.length === before.length &&
      places.every(({ document, start, end }, i) => {
        const range = before[i];
        const lines = this.#files.lines(document);
        return (
          range !== undefined && isPlaceOf(lines, start, range.start, line) && isPlaceOf(lines, end, range.end, line)
        );
      })
    );
  }
}

/** Whether the text of a run hangs on what stands in a line. */
function isIn({ line, elsewhere, isFarther, from, to }: KeptText, touched: number): boolean {
  if (isFarther || line === touched) return true;
  if (touched < line + from || touched > line + to) return false;
  return elsewhere?.some(({ start, end }) => start.line + line <= touched && touched <= end.line + line) ?? false;
}

/** Whether an offset stands in a line. */
function isAt(lines: Lines, offset: number, line: number): boolean {
  const start = startOf(lines, line);
  return start !== undefined && start <= offset && offset < (startOf(lines, line + 1) ?? lines.length + 1);
}

/** The position of an offset in its line. */
function at(lines: Lines, offset: number, line: number): Position {
  return { line, character: offset - (startOf(lines, line) ?? 0) };
}

/** Whether an offset has a position, whose line is counted from another one. */
function isPlaceOf(lines: Lines, offset: number, { line, character }: Position, from: number): boolean {
  return isAt(lines, offset, line + from) && at(lines, offset, line + from).character === character;
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
