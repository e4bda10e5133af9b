import { positionAt, type Lines } from "../../grammar/lines.ts";
import type { SemanticToken } from "../service/semantic-tokens.ts";

/**
 * Packs tokens, sorted by offset and within one line each, as the protocol has it: five numbers a token, relative to
 * the one before.
 */
export function packTokens(tokens: readonly SemanticToken[], lines: Lines): number[] {
  const data: number[] = [];
  const first = tokens[0];
  if (first === undefined) return data;
  // The tokens come in order, so the line of each is found by going on from the one before.
  let line = positionAt(lines, first.start).line;
  let lineSent = 0;
  let characterSent = 0;
  for (const token of tokens) {
    while ((lines.starts[line + 1] ?? Number.POSITIVE_INFINITY) <= token.start) line += 1;
    const character = token.start - (lines.starts[line] ?? 0);
    data.push(
      line - lineSent,
      line === lineSent ? character - characterSent : character,
      token.end - token.start,
      token.type,
      token.modifiers,
    );
    lineSent = line;
    characterSent = character;
  }
  return data;
}

/** The one edit that makes `next` of `previous`: everything between their common head and tail. */
export function tokensEdit(
  previous: readonly number[],
  next: readonly number[],
): { start: number; deleteCount: number; data: number[] } | null {
  let head = 0;
  const shortest = Math.min(previous.length, next.length);
  while (head < shortest && previous[head] === next[head]) head += 1;
  if (head === previous.length && head === next.length) return null;
  let tail = 0;
  while (tail < shortest - head && previous[previous.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  return { start: head, deleteCount: previous.length - head - tail, data: next.slice(head, next.length - tail) };
}
