import type { Kernel } from "../../model/kernels/kernel.ts";
import type { LinkedFunction, NamedFile } from "./linked.ts";
import { outlineOf } from "../functions/outline.ts";
import { beginWays, type DeclaredContext } from "./roots.ts";
import { targetsIn } from "./targets.ts";
import { goOn, pass, type Linking, type Way } from "./ways.ts";

export type { LinkedFunction, NamedFile } from "./linked.ts";
export type { DeclaredContext } from "./roots.ts";

/** The functions of some files, and in which ways each is reached. */
export interface Link {
  readonly functions: readonly LinkedFunction[];
  readonly waysTo: (fn: LinkedFunction) => readonly Way[];
}

const NO_WAYS: readonly Way[] = [];

/**
 * Finds in which ways the functions of some files are reached: from sections under locks, and from callbacks that are
 * registered. Breadth first, so that the shortest chain of each kind is found.
 */
export function linkFiles(
  kernel: Kernel,
  files: readonly NamedFile[],
  declared: readonly DeclaredContext[] = [],
): Link {
  const functions = files.flatMap(({ file }, index) =>
    file.functions.map(({ start, read }): LinkedFunction => ({ file: index, start, read, outline: outlineOf(read) })),
  );
  const linking: Linking = {
    kernel,
    files,
    functions,
    targets: targetsIn(files, functions),
    registrars: new Map(),
    kept: new Map(),
    queue: [],
    conventions: [],
  };
  beginWays(linking, declared);
  const alone = uncalledHandlers(linking);
  for (const fn of functions) {
    // A handler that nobody calls stands in its own context, and its locks are taken there.
    if (alone.has(fn)) continue;
    for (const lead of fn.outline.locked) pass(linking, fn, lead, null);
  }
  goOn(linking);
  return { functions, waysTo: (fn) => linking.kept.get(fn)?.map(({ way }) => way) ?? NO_WAYS };
}

/** The functions of one file that are reached, and that nobody calls by name. */
function uncalledHandlers({ functions, kept }: Linking): ReadonlySet<LinkedFunction> {
  const handlers = [...kept.keys()].filter(({ read }) => read.isStatic);
  const names = new Set(handlers.map(({ read }) => read.name));
  for (const { read } of names.size === 0 ? [] : functions) for (const { name } of read.calls) names.delete(name);
  return new Set(handlers.filter(({ read }) => names.has(read.name)));
}
