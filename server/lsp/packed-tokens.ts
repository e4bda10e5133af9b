import { positionAt, type Lines } from "../../grammar/lines.ts";
import type { SemanticToken, TokenRun } from "../service/semantic-tokens.ts";

const NUMBERS = 5;

/** Of each token of a run the line and, in the first line, the column from its start on, and the rest. */
const placed = new WeakMap<readonly SemanticToken[], Uint32Array>();

/**
 * Packs runs of tokens, sorted by offset and within one line each, as the protocol has it: five numbers a token,
 * relative to the one before.
 */
export function packRuns(runs: readonly TokenRun[], lines: Lines): Uint32Array {
  const data = new Uint32Array(NUMBERS * runs.reduce((sum, { tokens }) => sum + tokens.length, 0));
  let line = positionAt(lines, runs[0]?.start ?? 0).line;
  let [lineSent, characterSent, to] = [0, 0, 0];
  for (const { start, tokens } of runs) {
    // The runs come in order, so the line of each is found by going on from the one before.
    while ((lines.starts[line + 1] ?? Number.POSITIVE_INFINITY) <= start) line += 1;
    const column = start - (lines.starts[line] ?? 0);
    const numbers = placed.get(tokens) ?? placeTokens(tokens, start, line, column, lines);
    placed.set(tokens, numbers);
    for (let from = 0; from < numbers.length; from += NUMBERS) {
      const down = numbers[from] ?? 0;
      const character = (numbers[from + 1] ?? 0) + (down === 0 ? column : 0);
      const isSameLine = line + down === lineSent;
      data[to++] = line + down - lineSent;
      data[to++] = isSameLine ? character - characterSent : character;
      data[to++] = numbers[from + 2] ?? 0;
      data[to++] = numbers[from + 3] ?? 0;
      data[to++] = numbers[from + 4] ?? 0;
      lineSent = line + down;
      characterSent = character;
    }
  }
  return data;
}

function placeTokens(
  tokens: readonly SemanticToken[],
  start: number,
  startLine: number,
  startColumn: number,
  lines: Lines,
): Uint32Array {
  const numbers = new Uint32Array(NUMBERS * tokens.length);
  let line = startLine;
  let to = 0;
  for (const token of tokens) {
    while ((lines.starts[line + 1] ?? Number.POSITIVE_INFINITY) <= start + token.start) line += 1;
    const column = start + token.start - (lines.starts[line] ?? 0);
    numbers[to++] = line - startLine;
    numbers[to++] = line === startLine ? column - startColumn : column;
    numbers[to++] = token.end - token.start;
    numbers[to++] = token.type;
    numbers[to++] = token.modifiers;
  }
  return numbers;
}

/** Tokens with offsets in the document, as one run of their own. */
export function packTokens(tokens: readonly SemanticToken[], lines: Lines): Uint32Array {
  // A list of its own: nothing is known of where these stood before.
  return packRuns([{ start: 0, tokens: [...tokens] }], lines);
}

/** The one edit that makes `next` of `previous`: everything between their common head and tail. */
export function tokensEdit(
  previous: Uint32Array,
  next: Uint32Array,
): { start: number; deleteCount: number; data: number[] } | null {
  let head = 0;
  const shortest = Math.min(previous.length, next.length);
  while (head < shortest && previous[head] === next[head]) head += 1;
  if (head === previous.length && head === next.length) return null;
  let tail = 0;
  while (tail < shortest - head && previous[previous.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  return {
    start: head,
    deleteCount: previous.length - head - tail,
    data: Array.from(next.subarray(head, next.length - tail)),
  };
}
