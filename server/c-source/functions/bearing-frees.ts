import { FREES } from "../../model/memory-kinds.ts";
import type { Call } from "./call.ts";
import { isWrong, variableOf } from "./frees.ts";
import type { FunctionRead } from "./function-read.ts";
import { eachArgument, type FunctionItem } from "../text/items.ts";
import { nameId } from "../text/names.ts";
import { ARROW, ASSIGN, DOT, NAME, OPEN, textBetween, type Tokens } from "../text/tokens.ts";

const FREE_IDS: ReadonlySet<number> = new Set(FREES.map(nameId));

/**
 * The functions that have to be read besides for memory that is kept in members: those that give it back as what it is
 * not, and those that write such a member.
 * @param reads the functions as they were read
 * @param read 1 for each that was read
 * @returns 1 for each function that is to be read besides
 */
export function freeingElsewhere(
  tokens: Tokens,
  functions: readonly FunctionItem[],
  reads: readonly FunctionRead[],
  read: Uint8Array,
): Uint8Array {
  const found = new Uint8Array(functions.length);
  const made = [...FREE_IDS].some(tokens.has) ? madeInMembers(reads) : NOTHING_MADE;
  if (made.size === 0) return found;
  const { kinds, names } = tokens;
  const members = new Set<number>();
  const eachName = (visit: (at: number) => boolean): void => {
    functions.forEach(({ open, close }, index) => {
      if (read[index] === 1) return;
      for (let at = open + 1; at < close; at++) if (kinds[at] === NAME && visit(at)) found[index] = 1;
    });
  };
  const frees = (at: number): boolean => {
    if (kinds[at + 1] !== OPEN || !FREE_IDS.has(names[at] ?? 0)) return false;
    const variable = firstArgument(tokens, at + 1);
    const name = tokens.nameOf(names[at] ?? 0);
    if (made.get(variable)?.some((call) => isWrong(call, { name })) !== true) return false;
    members.add(tokens.idOf(/\w+$/.exec(variable)?.[0] ?? ""));
    return true;
  };
  functions.forEach(({ open, close }) => {
    for (let at = open + 1; at < close; at++) if (kinds[at] === NAME) frees(at);
  });
  if (members.size === 0) return found;
  eachName(frees);
  eachName((at) => {
    const before = kinds[at - 1];
    return (before === ARROW || before === DOT) && kinds[at + 1] === ASSIGN && members.has(names[at] ?? 0);
  });
  return found;
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

function firstArgument(tokens: Tokens, open: number): string {
  let text = "";
  eachArgument(tokens, open + 1, tokens.partners[open] ?? open, (from, to) => {
    if (from === open + 1) text = textBetween(tokens, from, to);
  });
  return text;
}
