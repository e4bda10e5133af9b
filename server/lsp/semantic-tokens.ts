import type { SemanticToken } from "../service/semantic-tokens.ts";
import { positionAt, type Lines } from "../../grammar/lines.ts";

/** Packs tokens, sorted by offset and within one line each, as the protocol has it: five numbers a token, relative to the one before. */
export function packTokens(tokens: readonly SemanticToken[], lines: Lines): number[] {
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const token of tokens) {
    const at = positionAt(lines, token.start);
    const sameLine = at.line === line;
    data.push(at.line - line, sameLine ? at.character - character : at.character, token.end - token.start, token.type, token.modifiers);
    line = at.line;
    character = at.character;
  }
  return data;
}

/** The one edit that makes `next` of `previous`: everything between their common head and tail. */
export function tokensEdit(previous: readonly number[], next: readonly number[]): { start: number; deleteCount: number; data: number[] } | null {
  let head = 0;
  const shortest = Math.min(previous.length, next.length);
  while (head < shortest && previous[head] === next[head]) head += 1;
  if (head === previous.length && head === next.length) return null;
  let tail = 0;
  while (tail < shortest - head && previous[previous.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  return { start: head, deleteCount: previous.length - head - tail, data: next.slice(head, next.length - tail) };
}
