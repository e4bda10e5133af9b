import { positionAt, type Lines } from "../../grammar/lines.ts";
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

/**
 * Packs runs of tokens, sorted by offset and within one line each, as the protocol has it: five numbers a token,
 * relative to the one before. One array for each run, the same one as long as nothing in it is different.
 */
export function packRuns(runs: readonly Run<SemanticToken>[], lines: Lines): readonly Uint32Array[] {
  const { starts } = lines;
  const packed: Uint32Array[] = [];
  let line = positionAt(lines, runs[0]?.start ?? 0).line;
  let [lineSent, characterSent] = [0, 0];
  for (const { start, items } of runs) {
    if (items.length === 0) continue;
    // The runs come in order, so the line of each is found by going on from the one before.
    while ((starts[line + 1] ?? Number.POSITIVE_INFINITY) <= start) line += 1;
    const column = start - (starts[line] ?? 0);
    let known = kept.get(items);
    if (known === undefined || known.column !== column) {
      known = keptNumbers(items, start, line, column, lines);
      kept.set(items, known);
    }
    const down = line + known.firstLine - lineSent;
    const right = down === 0 ? known.firstCharacter - characterSent : known.firstCharacter;
    if (known.numbers[LINE] !== down || known.numbers[CHARACTER] !== right) {
      // What was given out before is somebody's.
      known.numbers = known.numbers.slice();
      known.numbers[LINE] = down;
      known.numbers[CHARACTER] = right;
    }
    packed.push(known.numbers);
    lineSent = line + known.lastLine;
    characterSent = known.lastCharacter;
  }
  return packed;
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
    while ((lines.starts[line + 1] ?? Number.POSITIVE_INFINITY) <= start + token.start) line += 1;
    const character = start + token.start - (lines.starts[line] ?? 0);
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
  const shortest = Math.min(previous.length, next.length);
  let head = 0;
  let start = 0;
  for (; head < shortest && previous[head] === next[head]; head += 1) start += next[head]?.length ?? 0;
  let tail = 0;
  while (tail < shortest - head && previous.at(-1 - tail) === next.at(-1 - tail)) tail += 1;
  const old = joined(previous.slice(head, previous.length - tail));
  const data = joined(next.slice(head, next.length - tail));
  return narrowed(start, old, data);
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
