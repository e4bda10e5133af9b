import type { Allocator } from "./allocators.ts";
import { effectForOthers } from "./callees.ts";
import { readCFile, type ReadOptions } from "./c-file.ts";
import { forwardOf, type Forward } from "./forwards.ts";
import { standingFor } from "./hands-on.ts";
import { SIGNATURE_NAMES } from "../text/signatures.ts";
import { LOCK_CALLS } from "../tables/locks.ts";
import type { NetEffect } from "./walk.ts";

/**
 * What a header of a driver says to the files that include it: its functions and macros that lock or allocate, and its
 * functions that call what a table has.
 */
export interface Header {
  readonly effects: ReadonlyMap<string, NetEffect>;
  readonly allocators: ReadonlyMap<string, Allocator>;
  readonly forwards: ReadonlyMap<string, Forward>;
}

export const NO_HEADER: Header = { effects: new Map(), allocators: new Map(), forwards: new Map() };

/** Longer ones are lists of registers. */
const LONGEST = 300_000;
const CALLS_A_MEMBER = /(?:->|\.)\s*\w+\(/;
const LOCKS_OR_ALLOCATES = new RegExp(`\\b(?:${[...LOCK_CALLS.keys(), ...SIGNATURE_NAMES].join("|")})\\s*\\(`);

/** Whether a header can say anything: asked before it is read, of the text alone. Linear in the text. */
export function saysSomething(text: string): boolean {
  if (text.length > LONGEST) return false;
  // An inline function, from its word to the brace in the first column.
  for (let at = text.indexOf("inline"); at !== -1; at = text.indexOf("inline", at + 1)) {
    const end = text.indexOf("\n}", at);
    const stop = end === -1 ? text.length : end;
    const body = text.slice(at, stop);
    if (LOCKS_OR_ALLOCATES.test(body) || CALLS_A_MEMBER.test(body)) return true;
    at = stop;
  }
  // A macro with arguments, with the lines that it goes on in.
  for (let at = text.indexOf("define"); at !== -1; at = text.indexOf("define", at + 1)) {
    if (!MACRO.test(text.slice(at, at + MOST_NAME))) continue;
    let end = text.indexOf("\n", at);
    while (end !== -1 && /\\\r?$/.test(text.slice(end - 2, end))) end = text.indexOf("\n", end + 1);
    const stop = end === -1 ? text.length : end;
    if (LOCKS_OR_ALLOCATES.test(text.slice(at, stop))) return true;
    at = stop;
  }
  return false;
}

const MOST_NAME = 100;
const MACRO = /^define[ \t]+\w+\(/;

/** What stands before the word of a directive. */
const MOST_INDENT = 40;

/** The headers that a C file includes by a name in quotes before its first function, as they are written there. */
export function includedIn(text: string): readonly string[] {
  const names: string[] = [];
  // Behind the first function hardly anything is included.
  const functions = text.indexOf("\n{");
  const head = functions === -1 ? text : text.slice(0, functions);
  for (let at = head.indexOf('include "'); at !== -1; at = head.indexOf('include "', at + 1)) {
    const start = at + 'include "'.length;
    const end = head.indexOf('"', start);
    const before = `${at <= MOST_INDENT ? "\n" : ""}${head.slice(Math.max(0, at - MOST_INDENT), at)}`;
    if (end > start && end - start < MOST_NAME && /\n[ \t]*#[ \t]*$/.test(before)) names.push(head.slice(start, end));
  }
  return names;
}

/**
 * Reads a header: `static inline` functions and macros. Two functions by one name are one where all but one of them do
 * nothing (`#else static inline void own_lock(…) {}`), else nothing is known.
 * @param options what is declared of functions in C counts in it too
 */
export function readHeader(text: string, options: ReadOptions, name: string): Header {
  if (!saysSomething(text)) return NO_HEADER;
  const { functions, macros } = readCFile(text, options);
  const effects = new Map<string, NetEffect>();
  const allocators = new Map<string, Allocator>();
  const forwards = new Map<string, Forward>();
  const seen = new Set<string>();
  for (const { read } of functions) {
    const { takes, gives } = read.net;
    if (!read.isStatic || read.calls.length + takes.length + gives.length === 0) continue;
    if (seen.has(read.name)) {
      effects.delete(read.name);
      allocators.delete(read.name);
      forwards.delete(read.name);
      continue;
    }
    seen.add(read.name);
    const forward = forwardOf(read);
    if (forward.length > 0) forwards.set(read.name, forward);
    const effect = effectForOthers(read, "likely");
    if (effect !== null) effects.set(read.name, effect);
    const allocator = standingFor(read, "likely", `as ${name} has it`);
    if (allocator !== null) allocators.set(read.name, allocator);
  }
  for (const [macro, effect] of macros.effects) effects.set(macro, likely(effect));
  for (const [macro, allocator] of macros.allocators)
    allocators.set(macro, { ...allocator, because: `as the macro in ${name} says` });
  return { effects, allocators, forwards };
}

const likely = (effect: NetEffect): NetEffect => ({
  ...effect,
  takes: effect.takes.map((held) => ({ ...held, sure: "likely" })),
});

/** What several headers say; of two that speak of one name the first counts. */
export function together(headers: readonly Header[]): Header {
  const [only, ...more] = headers;
  if (only === undefined) return NO_HEADER;
  if (more.length === 0) return only;
  return {
    effects: new Map(headers.toReversed().flatMap((one) => [...one.effects])),
    allocators: new Map(headers.toReversed().flatMap((one) => [...one.allocators])),
    forwards: new Map(headers.toReversed().flatMap((one) => [...one.forwards])),
  };
}
