import { effectOfFunction, readCFile, type CFile, type ReadOptions } from "./c-file.ts";
import type { NetEffect } from "./walk.ts";

/** Wrappers of wrappers; more rounds find no more in practice. */
const MOST_ROUNDS = 3;

/**
 * Reads C files that belong together. A function that other files can call and that returns with a lock, or without one
 * of its caller, is a lock call for them: not as sure as one of their own.
 */
export function readModule(texts: readonly string[], options: ReadOptions): readonly CFile[] {
  let files = texts.map((text) => readCFile(text, options));
  if (files.length === 1) return files;
  let known = "";
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const shared = sharedEffects(files);
    const print = JSON.stringify([...shared]);
    if (shared.size === 0 || print === known) break;
    known = print;
    files = files.map((file, index) => {
      const others = calledOfOthers(file, shared);
      if (others.length === 0) return file;
      return readCFile(texts[index] ?? "", { ...options, wrappers: new Map([...others, ...options.wrappers]) }, file);
    });
  }
  return files;
}

/** What functions that are not static leave behind, by their names; nothing, where two by one name differ. */
function sharedEffects(files: readonly CFile[]): ReadonlyMap<string, NetEffect> {
  const effects = new Map<string, NetEffect | null>();
  for (const { functions } of files) {
    for (const { read } of functions) {
      if (read.isStatic) continue;
      const effect = asOfOtherFile(effectOfFunction(read));
      const before = effects.get(read.name);
      const isSame = before === undefined || JSON.stringify(before) === JSON.stringify(effect);
      effects.set(read.name, isSame ? effect : null);
    }
  }
  const known = new Map<string, NetEffect>();
  for (const [name, effect] of effects) if (effect !== null) known.set(name, effect);
  return known;
}

const asOfOtherFile = (effect: NetEffect | null): NetEffect | null =>
  effect === null ? null : { ...effect, takes: effect.takes.map((held) => ({ ...held, sure: "possible" })) };

/** Those of the effects that a file meets: it calls the function, and has none by that name itself. */
function calledOfOthers(
  { functions }: CFile,
  effects: ReadonlyMap<string, NetEffect>,
): readonly (readonly [string, NetEffect])[] {
  const own = new Set(functions.map(({ read }) => read.name));
  const called = new Set(functions.flatMap(({ read }) => read.calls.map(({ name }) => name)));
  return [...effects].filter(([name]) => called.has(name) && !own.has(name));
}
