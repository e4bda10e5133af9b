import { createHash } from "node:crypto";
import { dirname, isAbsolute, join, relative } from "node:path";
import type { ReadOptions } from "../../c-source/functions/c-file.ts";
import {
  includedIn,
  NO_HEADER,
  readHeader,
  saysSomething,
  together,
  type Header,
} from "../../c-source/functions/headers.ts";
import { withHeader } from "../../c-source/functions/module.ts";
import type { CodeEvidence } from "../../service/code-evidence.ts";
import type { KernelTree } from "./kernel-trees.ts";
import type { TreeFiles } from "../change/tree-files.ts";

/** A header of a driver that locks or allocates in its functions and macros. */
export interface IncludedHeader {
  readonly absolutePath: string;
  /** Stands for its text. */
  readonly print: string;
}

/** What reading a C file of a tree is told: what is declared of its functions, and what its own headers say. */
export function readOptionsFor(
  headers: Headers,
  file: { readonly absolutePath: string; readonly text: string },
  { root, build }: KernelTree,
  { wrappers, allocators }: CodeEvidence,
): ReadOptions {
  const options = { build, wrappers, allocators };
  const folder = dirname(file.absolutePath);
  return withHeader(options, headers.read(headers.of(file, folder, root ?? folder), options));
}

/** Finds the headers that C files include by a name in quotes. Each is read once. */
export interface Headers {
  /**
   * Those that say something, of the folder of a file and of the folder of its unit.
   * @param within what lies outside of this folder is not read
   */
  readonly of: (
    file: { readonly absolutePath: string; readonly text: string },
    unit: string,
    within: string,
  ) => readonly IncludedHeader[];
  /** What some headers say together, read with these options. */
  readonly read: (headers: readonly IncludedHeader[], options: ReadOptions) => Header;
}

/** A header that is there: what it says, if anything, and which it includes itself. */
interface Met {
  readonly absolutePath: string;
  readonly header: IncludedHeader | null;
  readonly includes: readonly string[];
}

/** Headers that one file comes to by way of others; more are those of all of a subsystem. */
const MOST = 100;

export function headersIn(files: TreeFiles): Headers {
  const headers = new Map<string, Met | null>();
  /** The texts of headers that nobody has read so far. All of a tree would be a hundred megabytes. */
  const unread = new Map<string, string>();
  const known = new WeakMap<ReadOptions["allocators"], Map<string, Header>>();
  const at = (absolutePath: string): Met | null => {
    const found = headers.get(absolutePath);
    if (found !== undefined) return found;
    const text = files.read(absolutePath);
    const isTold = text !== null && saysSomething(text);
    const met =
      text === null
        ? null
        : {
            absolutePath,
            header: isTold ? { absolutePath, print: createHash("sha256").update(text).digest("hex") } : null,
            // Names are pieces of the text, and would keep all of it.
            includes: structuredClone(includedIn(text)),
          };
    headers.set(absolutePath, met);
    if (text !== null && isTold) unread.set(absolutePath, text);
    return met;
  };
  /** By folder and name: most files of a folder include the same. */
  const met = new Map<string, Map<string, Met | null>>();
  const inFolder = (folder: string, name: string, within: string): Met | null => {
    const names = met.get(folder) ?? new Map<string, Met | null>();
    met.set(folder, names);
    const known = names.get(name);
    if (known !== undefined) return known;
    const path = join(folder, name);
    const header = isOutside(relative(within, path)) ? null : at(path);
    // A name is a piece of the file that includes it, and would keep all of its text.
    names.set(structuredClone(name), header);
    return header;
  };
  const named = (name: string, folders: readonly string[], within: string): readonly Met[] => {
    if (!name.endsWith(".h")) return [];
    for (const folder of folders) {
      const header = inFolder(folder, name, within);
      if (header !== null) return [header];
    }
    return [];
  };
  return {
    of: ({ absolutePath, text }, unit, within) => {
      const own = dirname(absolutePath);
      const found = new Set(includedIn(text).flatMap((name) => named(name, [own, unit], within)));
      // A set goes on to what is added to it: the headers that headers include.
      for (const { absolutePath: path, includes } of found) {
        if (found.size > MOST) break;
        for (const name of includes) for (const one of named(name, [dirname(path), own, unit], within)) found.add(one);
      }
      return [...found].flatMap(({ header }) => header ?? []);
    },
    read: (included, options) => {
      if (included.length === 0) return NO_HEADER;
      const read = known.get(options.allocators) ?? new Map<string, Header>();
      known.set(options.allocators, read);
      return together(
        included.map(({ absolutePath }) => {
          const known = read.get(absolutePath);
          if (known !== undefined) return known;
          const text = unread.get(absolutePath) ?? files.read(absolutePath) ?? "";
          unread.delete(absolutePath);
          // What it says are pieces of its text, which would be kept whole.
          const one = structuredClone(readHeader(text, options, nameOf(absolutePath)));
          read.set(absolutePath, one);
          return one;
        }),
      );
    },
  };
}

const isOutside = (path: string): boolean => path === "" || path.startsWith("..") || isAbsolute(path);

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
