import type { Allocator } from "./allocators.ts";
import { effectForOthers } from "./callees.ts";
import { readCFile, type CFile, type ReadOptions } from "./c-file.ts";
import type { FunctionRead } from "./function-read.ts";
import { standingFor } from "./hands-on.ts";
import { NO_HEADER, together, type Header } from "./headers.ts";
import type { NetEffect } from "./walk.ts";

/** Wrappers of wrappers; more rounds find no more in practice. */
const MOST_ROUNDS = 3;

/** A C file that is to be read, with what its own headers say. */
export interface ModuleText {
  readonly path: string;
  readonly text: string;
  readonly header: Header;
}

/**
 * Reads C files that belong together. A function that other files can call and that returns with a lock, or without one
 * of its caller, is a lock call for them; one that hands its mask on stands for what it calls. Neither is as sure as
 * one of their own.
 */
export function readModule(texts: readonly ModuleText[], options: ReadOptions): readonly CFile[] {
  let files = texts.map(({ text, header }) => readCFile(text, withHeader(options, header)));
  if (files.length === 1) return files;
  let print = "";
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const shared = sharedBy(files, texts);
    const met = files.map((file) => metIn(file, shared));
    const now = JSON.stringify(met.map(({ effects, allocators }) => [[...effects], [...allocators]]));
    if (now === print || met.every(({ effects, allocators }) => effects.size + allocators.size === 0)) break;
    print = now;
    files = files.map((file, index) => {
      const [one, others] = [texts[index], met[index]];
      if (one === undefined || others === undefined || others.effects.size + others.allocators.size === 0) return file;
      return readCFile(one.text, withHeader(options, together([one.header, others])), file);
    });
  }
  return files;
}

/** What a policy file says of a function counts, whatever a header or another file has. */
export const withHeader = (options: ReadOptions, { effects, allocators, forwards }: Header): ReadOptions =>
  effects.size + allocators.size + forwards.size === 0
    ? options
    : {
        ...options,
        forwards,
        wrappers: new Map([...effects, ...options.wrappers]),
        allocators: new Map([...allocators, ...options.allocators]),
      };

/** What functions that are not static do for others, by their names; nothing, where two by one name differ. */
function sharedBy(files: readonly CFile[], texts: readonly ModuleText[]): Header {
  const effects = new Map<string, NetEffect>();
  const allocators = new Map<string, Allocator>();
  files.forEach(({ functions }, index) => {
    for (const { read } of functions) {
      if (read.isStatic) continue;
      const effect = effectForOthers(read, "possible");
      if (effect !== null) effects.set(read.name, effect);
      const allocator = allocatorIn(read, texts[index]?.path ?? "");
      if (allocator !== null) allocators.set(read.name, allocator);
    }
  });
  if (effects.size + allocators.size === 0) return NO_HEADER;
  files.forEach(({ functions }, index) => {
    for (const { read } of functions) {
      if (read.isStatic) continue;
      const [effect, allocator] = [effects.get(read.name), allocators.get(read.name)];
      if (effect !== undefined && JSON.stringify(effect) !== JSON.stringify(effectForOthers(read, "possible")))
        effects.delete(read.name);
      if (allocator !== undefined && allocator.because !== allocatorIn(read, texts[index]?.path ?? "")?.because)
        allocators.delete(read.name);
    }
  });
  return { ...NO_HEADER, effects, allocators };
}

const allocatorIn = (read: FunctionRead, path: string): Allocator | null =>
  read.handsOn?.isOpen === true ? standingFor(read, "possible", `as ${path} has it`) : null;

/** What of that a file meets: it has no function by that name, and something changes by the call. */
function metIn({ functions }: CFile, shared: Header): Header {
  const effects = new Map<string, NetEffect>();
  const allocators = new Map<string, Allocator>();
  for (const { read } of functions) {
    for (const { name, state, allocation } of read.calls) {
      const effect = shared.effects.get(name);
      if (effect !== undefined && (effect.takes.length > 0 || state.held.length > 0)) effects.set(name, effect);
      // Without a mask in its arguments nothing is known of the call.
      const allocator = allocation === null ? undefined : shared.allocators.get(name);
      if (allocator !== undefined) allocators.set(name, allocator);
    }
  }
  if (effects.size + allocators.size > 0)
    for (const { read } of functions) {
      effects.delete(read.name);
      allocators.delete(read.name);
    }
  return { ...NO_HEADER, effects, allocators };
}
