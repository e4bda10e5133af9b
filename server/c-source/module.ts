import { effectOfFunction, readCFile, type CFile, type ReadOptions } from "./c-file.ts";
import type { FunctionRead } from "./function-read.ts";
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
  let print = "";
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const shared = sharedEffects(files);
    const met = files.map((file) => metIn(file, shared));
    const now = JSON.stringify(met.map((effects) => [...effects]));
    if (now === print || met.every(({ size }) => size === 0)) break;
    print = now;
    files = files.map((file, index) => {
      const others = met[index];
      if (others === undefined || others.size === 0) return file;
      return readCFile(texts[index] ?? "", { ...options, wrappers: new Map([...others, ...options.wrappers]) }, file);
    });
  }
  return files;
}

/** What functions that are not static leave behind, by their names; nothing, where two by one name differ. */
function sharedEffects(files: readonly CFile[]): ReadonlyMap<string, NetEffect> {
  const effects = new Map<string, NetEffect>();
  for (const { functions } of files) {
    for (const { read } of functions) {
      const effect = read.isStatic ? null : effectForOthers(read);
      if (effect !== null) effects.set(read.name, effect);
    }
  }
  if (effects.size === 0) return effects;
  for (const { functions } of files) {
    for (const { read } of functions) {
      const effect = read.isStatic ? undefined : effects.get(read.name);
      if (effect !== undefined && JSON.stringify(effect) !== JSON.stringify(effectForOthers(read)))
        effects.delete(read.name);
    }
  }
  return effects;
}

/** What an unknown function gives back by its name alone says nothing to other files. */
function effectForOthers(read: FunctionRead): NetEffect | null {
  const effect = effectOfFunction(read);
  if (effect === null) return null;
  const gives = effect.gives.filter(({ family }) => family !== "any");
  if (effect.takes.length + gives.length === 0) return null;
  return { takes: effect.takes.map((held) => ({ ...held, sure: "possible" })), gives };
}

/** Those of the effects that a file meets: it has no function by that name, and something changes by the call. */
function metIn({ functions }: CFile, effects: ReadonlyMap<string, NetEffect>): ReadonlyMap<string, NetEffect> {
  const met = new Map<string, NetEffect>();
  for (const { read } of functions) {
    for (const { name, state } of read.calls) {
      const effect = effects.get(name);
      if (effect !== undefined && (effect.takes.length > 0 || state.held.length > 0)) met.set(name, effect);
    }
  }
  if (met.size > 0) for (const { read } of functions) met.delete(read.name);
  return met;
}
