import { kept } from "../../model/kept.ts";
import type { FileCallees } from "./callees.ts";
import type { FunctionRead } from "./function-read.ts";

/** A function as it was read, and what was known then of those that it calls. */
interface Reading {
  readonly callees: string;
  readonly read: FunctionRead;
}

/** All readings of one text, whichever of them a file has now. */
interface Remembered {
  readonly text: string;
  readings: readonly Reading[];
}

interface Placed {
  readonly read: FunctionRead;
}

const remembered = kept<FunctionRead, Remembered>();

/** Readings of one text that are kept: effects come and go while a function is typed that others call. */
const MOST_READINGS = 8;

/** A reading of a function that is new. */
export interface NewReading extends Reading {
  /** The text of the function, as a string that keeps no other alive. */
  readonly text: string;
  /** An earlier reading of the same text; null: there is none. */
  readonly other: FunctionRead | null;
}

/** A reading of a function under what is said now, to be remembered once it is known to be sound. */
export const newReading = (read: FunctionRead, text: string, said: Said, other: FunctionRead | null): NewReading => ({
  read,
  text,
  callees: calleesIn(read, said),
  other,
});

/** Keeps readings, each beside those that there are of the same text. */
export function remember(readings: readonly NewReading[]): void {
  const texts = new Map<string, Remembered>();
  for (const { read, text, callees, other } of readings) {
    const all = texts.get(text) ?? (other === null ? undefined : remembered.get(other)) ?? { text, readings: [] };
    texts.set(text, all);
    all.readings = [...all.readings.slice(1 - MOST_READINGS), { callees, read }];
    remembered.set(read, all);
  }
}

/** The reading of the same text under what is said now; null: it was never read so. */
export function readUnder(read: FunctionRead, said: Said): FunctionRead | null {
  const callees = calleesIn(read, said);
  return remembered.get(read)?.readings.find((one) => one.callees === callees)?.read ?? null;
}

/** Whether a function has a directive in its text: what it says then hangs on those before it. */
export const hasDirective = (read: FunctionRead): boolean => remembered.get(read)?.text.includes("#") !== false;

/** Looks functions up by their text. */
export function byText(functions: readonly Placed[]): (text: string) => FunctionRead | null {
  let byLength: Map<number, FunctionRead[]> | null = null;
  return (text) => {
    byLength ??= lengthsOf(functions);
    return byLength.get(text.length)?.find((read) => remembered.get(read)?.text === text) ?? null;
  };
}

function lengthsOf(functions: readonly Placed[]): Map<number, FunctionRead[]> {
  const found = new Map<number, FunctionRead[]>();
  for (const { read } of functions) {
    const same = found.get(read.length);
    if (same === undefined) found.set(read.length, [read]);
    else same.push(read);
  }
  return found;
}

/** What functions leave behind and stand for, by their names, as texts to compare. */
export type Said = FileCallees["said"];

/** What of other functions one is read by besides its text; the calls of a text are the same whatever they leave. */
function calleesIn(read: FunctionRead, said: Said): string {
  if (said === null || said.size === 0) return "";
  let text = "";
  for (const { name } of read.calls) {
    const one = said.get(name);
    // What one alone says is its string, and no copy.
    if (one !== undefined) text = text === "" ? one : text + one;
  }
  return text;
}
