import type { Allocator } from "./allocators.ts";
import { fileNames } from "./mask-names.ts";
import { readFunction, type FunctionRead } from "./function-read.ts";
import { standingFor } from "./hands-on.ts";
import { itemsOf } from "../text/items.ts";
import { tokensOf } from "../text/lexer.ts";
import type { Build } from "../text/scan.ts";
import { LOCK_CALLS } from "../tables/locks.ts";
import type { Define, Tokens } from "../text/tokens.ts";
import type { NetEffect } from "./walk.ts";

/** What the macros of a file do that are called as functions are. */
export interface MacroCallees {
  readonly effects: ReadonlyMap<string, NetEffect>;
  readonly allocators: ReadonlyMap<string, Allocator>;
}

/** By what macros are read. */
interface MacroOptions {
  readonly build: Build;
  readonly allocators: ReadonlyMap<string, Allocator>;
}

const LOCK_WORD = new RegExp(`\\b(?:${[...LOCK_CALLS.keys()].join("|")})\\s*\\(`);
const ALLOCATION_WORD = /\bGFP_[A-Z]|\b\w*alloc\w*\s*\(/;
const CALLED = /\b[A-Za-z_]\w*(?=\s*\()/g;

/** Macros that call macros; more rounds find no more in practice. */
const MOST_ROUNDS = 3;

/** Macros that lock or allocate, or that use such a macro, read as functions. */
export function macroCallees(tokens: Tokens, options: MacroOptions): MacroCallees {
  const effects = new Map<string, NetEffect>();
  const allocators = new Map<string, Allocator>();
  const others = new Map<string, Define>();
  const add = (define: Define): void => {
    const read = readMacro(tokens, define, options, effects);
    if (read === null) return;
    if (read.net.takes.length + read.net.gives.length > 0) effects.set(define.name, read.net);
    const made = standingFor(read, "likely", "as the macro says");
    if (made !== null)
      allocators.set(define.name, {
        ...made,
        parameters: define.parameters ?? [],
        isFixed: made.isFixed && made.held.length === 0,
        isResult: true,
      });
  };
  // What is defined in two ways locks or does not as the kernel is built.
  const once = new Map<string, boolean>();
  for (const { name } of tokens.defines) once.set(name, !once.has(name));
  for (const define of tokens.defines) {
    if (define.parameters === null || once.get(define.name) === false) continue;
    const body = tokens.text.slice(define.start, define.end);
    if (LOCK_WORD.test(body) || ALLOCATION_WORD.test(body)) add(define);
    else others.set(define.name, define);
  }
  for (let round = 0, known = 0; round < MOST_ROUNDS && effects.size > known; round++) {
    known = effects.size;
    for (const define of others.values()) {
      const names = tokens.text.slice(define.start, define.end).match(CALLED) ?? [];
      if (!effects.has(define.name) && names.some((name) => effects.has(name))) add(define);
    }
  }
  return { effects, allocators };
}

function readMacro(
  tokens: Tokens,
  { name, parameters, start, end }: Define,
  options: MacroOptions,
  effects: ReadonlyMap<string, NetEffect>,
): FunctionRead | null {
  const body = tokens.text.slice(start, end).replace(/\\\r?\n/g, "\n");
  // A word alone would be a type.
  const typed = (parameters ?? []).map((one) => (/^\w+$/.test(one) ? `int ${one}` : one));
  const inner = tokensOf(`void ${name}(${typed.join(", ")})\n{\n\t${body};\n}`, options.build);
  const [item] = itemsOf(inner).functions;
  if (item === undefined) return null;
  const read = readFunction(inner, fileNames(inner), item, {
    effectOf: (id) => effects.get(inner.nameOf(id)) ?? null,
    allocatorOf: (callee) => options.allocators.get(callee) ?? null,
    isMacro: true,
  });
  inner.giveBack();
  return read;
}
