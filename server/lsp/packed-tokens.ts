import { differenceIn } from "../../grammar/difference.ts";
import { positionAt, startOf, type Lines } from "../../grammar/lines.ts";
import type { Run } from "../service/runs.ts";
import type { SemanticToken } from "../service/semantic-tokens.ts";

const NUMBERS = 5;
const LINE = 0;
const CHARACTER = 1;

/** The tokens of a run as numbers, and those of them that hang on what stands before. */
interface KeptNumbers {
  /** Where the run started in its line. */
  readonly column: number;
  /** From the line in which the run starts: the lines of its first token and of its last, and the last one's column. */
  readonly firstLine: number;
  readonly firstCharacter: number;
  readonly lastLine: number;
  readonly lastCharacter: number;
  /** Five numbers a token, relative to the one before; the first one to what was last before the run. */
  numbers: Uint32Array;
}

const kept = new WeakMap<readonly SemanticToken[], KeptNumbers>();

/** Runs with the numbers of each; those of a run without tokens are empty. */
export interface PackedTokens {
  readonly runs: readonly Run<SemanticToken>[];
  readonly numbers: readonly Uint32Array[];
}

const itemsOf = ({ items }: Run<SemanticToken>): readonly SemanticToken[] => items;
const NO_NUMBERS = new Uint32Array(0);

/**
 * Packs runs of tokens, sorted by offset and within one line each, as the protocol has it: five numbers a token,
 * relative to the one before. The numbers of a run are the same array as long as nothing in them is different.
 *
 * @param before what was packed of an earlier text; the runs of both cover their texts
 */
export function packRuns(
  runs: readonly Run<SemanticToken>[],
  lines: Lines,
  before: PackedTokens = { runs: [], numbers: [] },
): PackedTokens {
  const { start, newEnd } = differenceIn(before.runs.map(itemsOf), runs.map(itemsOf));
  const moved = runs.length - before.runs.length;
  const numbers = before.numbers.slice(0, start);
  const packer = new Packer(lines, runs, start);
  for (let index = start; index < runs.length; index += 1) {
    const packed = packer.pack(index);
    // Behind a run that stands as it did all others do too.
    if (index >= newEnd && packed.length > 0 && packed === before.numbers[index - moved])
      return { runs, numbers: numbers.concat(before.numbers.slice(index - moved)) };
    numbers.push(packed);
  }
  return { runs, numbers };
}

/** Packs one run after the other, from one on. */
class Packer {
  readonly #lines: Lines;
  readonly #runs: readonly Run<SemanticToken>[];
  #line: number;
  #lineSent = 0;
  #characterSent = 0;

  constructor(lines: Lines, runs: readonly Run<SemanticToken>[], from: number) {
    this.#lines = lines;
    this.#runs = runs;
    // The last token before.
    const last = runs.slice(0, from).findLast(({ items }) => items.length > 0);
    const token = last?.items.at(-1);
    if (last !== undefined && token !== undefined) {
      const { line, character } = positionAt(lines, last.start + token.start);
      this.#lineSent = line;
      this.#characterSent = character;
    }
    this.#line = positionAt(lines, runs[from]?.start ?? 0).line;
  }

  pack(index: number): Uint32Array {
    const { start, items } = this.#runs[index] ?? { start: 0, items: [] };
    if (items.length === 0) return NO_NUMBERS;
    const lines = this.#lines;
    // The runs come in order, so the line of each is found by going on from the one before.
    while ((startOf(lines, this.#line + 1) ?? Number.POSITIVE_INFINITY) <= start) this.#line += 1;
    const line = this.#line;
    const column = start - (startOf(lines, line) ?? 0);
    let known = kept.get(items);
    if (known === undefined || known.column !== column) {
      known = keptNumbers(items, start, line, column, lines);
      kept.set(items, known);
    }
    const down = line + known.firstLine - this.#lineSent;
    const right = down === 0 ? known.firstCharacter - this.#characterSent : known.firstCharacter;
    if (known.numbers[LINE] !== down || known.numbers[CHARACTER] !== right) {
      // What was given out before is somebody's.
      known.numbers = known.numbers.slice();
      known.numbers[LINE] = down;
      known.numbers[CHARACTER] = right;
    }
    this.#lineSent = line + known.lastLine;
    this.#characterSent = known.lastCharacter;
    return known.numbers;
  }
}

function keptNumbers(
  tokens: readonly SemanticToken[],
  start: number,
  startLine: number,
  column: number,
  lines: Lines,
): KeptNumbers {
  const numbers = new Uint32Array(NUMBERS * tokens.length);
  let line = startLine;
  let [lineBefore, characterBefore] = [startLine, 0];
  let to = 0;
  for (const token of tokens) {
    while ((startOf(lines, line + 1) ?? Number.POSITIVE_INFINITY) <= start + token.start) line += 1;
    const character = start + token.start - (startOf(lines, line) ?? 0);
    numbers[to++] = line - lineBefore;
    numbers[to++] = line === lineBefore ? character - characterBefore : character;
    numbers[to++] = token.end - token.start;
    numbers[to++] = token.type;
    numbers[to++] = token.modifiers;
    [lineBefore, characterBefore] = [line, character];
  }
  return {
    column,
    firstLine: numbers[LINE] ?? 0,
    firstCharacter: numbers[CHARACTER] ?? 0,
    lastLine: lineBefore - startLine,
    lastCharacter: characterBefore,
    numbers,
  };
}

/** All numbers of packed runs. */
export function joined(packed: readonly Uint32Array[]): number[] {
  const all: number[] = [];
  for (const numbers of packed) for (const number of numbers) all.push(number);
  return all;
}

/** The one edit that makes `next` of `previous`: everything between their common head and tail. */
export function tokensEdit(
  previous: readonly Uint32Array[],
  next: readonly Uint32Array[],
): { start: number; deleteCount: number; data: number[] } | null {
  const { start: first, oldEnd, newEnd } = differenceIn(previous, next);
  let start = 0;
  for (let i = 0; i < first; i += 1) start += next[i]?.length ?? 0;
  return narrowed(start, joined(previous.slice(first, oldEnd)), joined(next.slice(first, newEnd)));
}

/** The same without what the two have in common at their ends. */
function narrowed(
  start: number,
  old: readonly number[],
  data: readonly number[],
): { start: number; deleteCount: number; data: number[] } | null {
  const shortest = Math.min(old.length, data.length);
  let head = 0;
  while (head < shortest && old[head] === data[head]) head += 1;
  if (head === old.length && head === data.length) return null;
  let tail = 0;
  while (tail < shortest - head && old.at(-1 - tail) === data.at(-1 - tail)) tail += 1;
  return { start: start + head, deleteCount: old.length - head - tail, data: data.slice(head, data.length - tail) };
}
