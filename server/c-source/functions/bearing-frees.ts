import { FREES } from "../../model/memory-kinds.ts";
import type { Call } from "./call.ts";
import { isWrong, variableOf } from "./frees.ts";
import type { FunctionRead } from "./function-read.ts";
import type { FunctionItem } from "../text/items.ts";
import { nameId } from "../text/names.ts";
import { ARROW, ASSIGN, COMMA, DOT, NAME, OPEN, textBetween, type Tokens } from "../text/tokens.ts";

const FREE_IDS: readonly number[] = FREES.map(nameId);

/**
 * The functions that have to be read besides for memory that is kept in members: those that give it back as what it is
 * not, and those that write such a member.
 * @param reads the functions as they were read
 * @param read 0 for each that was not read
 * @returns 1 for each function that is to be read besides
 */
export function freeingElsewhere(
  tokens: Tokens,
  functions: readonly FunctionItem[],
  reads: readonly FunctionRead[],
  read: Uint8Array,
): Uint8Array {
  const found = new Uint8Array(functions.length);
  const made = FREE_IDS.some(tokens.has) ? madeInMembers(reads) : NOTHING_MADE;
  if (made.size === 0) return found;
  const { kinds, names } = tokens;
  const members = new Set<number>();
  functions.forEach(({ open, close }, index) => {
    for (let at = open + 1; at < close; at++) {
      if (kinds[at] !== NAME || kinds[at + 1] !== OPEN || !FREE_IDS.includes(names[at] ?? 0)) continue;
      const variable = firstArgument(tokens, at + 1);
      const free = { name: tokens.nameOf(names[at] ?? 0) };
      if (made.get(variable)?.some((call) => isWrong(call, free)) !== true) continue;
      members.add(tokens.idOf(/\w+$/.exec(variable)?.[0] ?? ""));
      found[index] = 1;
    }
  });
  if (members.size > 0)
    functions.forEach(({ open, close }, index) => {
      for (let at = open + 1; at < close; at++) {
        if (kinds[at] !== NAME || kinds[at + 1] !== ASSIGN || !members.has(names[at] ?? 0)) continue;
        if (kinds[at - 1] === ARROW || kinds[at - 1] === DOT) found[index] = 1;
      }
    });
  return found.map((one, index) => (read[index] === 0 ? one : 0));
}

const NOTHING_MADE: ReadonlyMap<string, readonly Call[]> = new Map();

/** The calls whose memory is kept in members, by how these are written. */
function madeInMembers(reads: readonly FunctionRead[]): ReadonlyMap<string, readonly Call[]> {
  const made = new Map<string, Call[]>();
  for (const { calls } of reads)
    for (const call of calls) {
      const variable = variableOf(call);
      if (variable?.includes("->") !== true) continue;
      const same = made.get(variable);
      if (same === undefined) made.set(variable, [call]);
      else same.push(call);
    }
  return made;
}

/** The first argument, as it is written. */
function firstArgument(tokens: Tokens, open: number): string {
  const close = tokens.partners[open] ?? open;
  let end = open + 1;
  while (end < close && tokens.kinds[end] !== COMMA) end = Math.max(end, tokens.partners[end] ?? end) + 1;
  return textBetween(tokens, open + 1, end);
}
