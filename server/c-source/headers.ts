import type { Allocator } from "./allocators.ts";
import { effectForOthers, readCFile, type ReadOptions } from "./c-file.ts";
import type { NetEffect } from "./walk.ts";

/** What a header of a driver says to the files that include it: its functions and macros that lock or allocate. */
export interface Header {
  readonly effects: ReadonlyMap<string, NetEffect>;
  readonly allocators: ReadonlyMap<string, Allocator>;
}

export const NO_HEADER: Header = { effects: new Map(), allocators: new Map() };

/** Longer ones are lists of registers. */
const LONGEST = 300_000;
const HAS_CODE = /\binline\b|^[ \t]*#[ \t]*define[ \t]+\w+\(/m;
const LOCKS_OR_ALLOCATES =
  /\bGFP_|\bgfp_t\b|\w(?:alloc|dup)\w*\s*\(|(?:lock|unlock|_save|_restore|_disable|_enable)(?:_\w+)?\s*\(/;

/** Whether a header can say anything: asked before it is read, of the text alone. */
export const saysSomething = (text: string): boolean =>
  text.length <= LONGEST && LOCKS_OR_ALLOCATES.test(text) && HAS_CODE.test(text);

/** The headers that a C file includes by a name in quotes, as they are written there. */
export function includedIn(text: string): readonly string[] {
  const names: string[] = [];
  for (let at = text.indexOf('include "'); at !== -1; at = text.indexOf('include "', at + 1)) {
    const start = at + 'include "'.length;
    const end = text.indexOf('"', start);
    const line = text.slice(text.lastIndexOf("\n", at) + 1, at);
    if (end > start && end - start < 200 && /^[ \t]*#[ \t]*$/.test(line)) names.push(text.slice(start, end));
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
  const seen = new Set<string>();
  for (const { read } of functions) {
    const { takes, gives } = read.net;
    if (!read.isStatic || read.calls.length + takes.length + gives.length === 0) continue;
    if (seen.has(read.name)) {
      effects.delete(read.name);
      allocators.delete(read.name);
      continue;
    }
    seen.add(read.name);
    const effect = effectForOthers(read, "likely");
    if (effect !== null) effects.set(read.name, effect);
    if (read.handsOn !== null)
      allocators.set(read.name, {
        ...read.handsOn,
        parameters: read.parameters.map((parameter) => parameter.name),
        isFixed: !read.handsOn.isOpen,
        sure: "likely",
        because: `as ${name} has it`,
      });
  }
  for (const [macro, effect] of macros.effects) effects.set(macro, likely(effect));
  for (const [macro, allocator] of macros.allocators)
    allocators.set(macro, { ...allocator, because: `as the macro in ${name} says` });
  return { effects, allocators };
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
  };
}
