import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../disk/folder.ts";
import type { KernelTree } from "../kernel-c/kernel-trees.ts";
import type { ReportedFinding } from "../report.ts";

/** What decides what is found: a text, or what stands for it. */
export interface KeyText {
  readonly path: string;
  readonly text: string;
}

/** Where findings are kept, and what made them; plain data, for it is handed to threads. */
export interface CacheFolder {
  readonly path: string;
  /** Stands for the program with all of its tables: `programPrint`. */
  readonly program: string;
}

/** Findings of files, list by list. */
type Lists = readonly (readonly ReportedFinding[])[];

/**
 * What is kept of the files that are judged together. It holds what was found by the texts, the kernel and the program
 * that found it, so that it is never wrong: what does not fit is not asked.
 */
export interface Segment {
  /** What was found in exactly these texts by exactly these policies and this kernel, or what `find` finds now. */
  readonly remembered: (
    texts: readonly KeyText[],
    policies: readonly KeyText[],
    tree: KernelTree,
    isAll: boolean,
    find: () => Lists,
  ) => Lists;
  /** Writes what is new. A cache that cannot be written is none. */
  readonly close: () => void;
}

interface Entry {
  /** What it is about: the first path and how many files. */
  readonly about: string;
  readonly key: string;
  readonly lists: Lists;
}

/** Of one thing so many states are kept: as many branches can be gone back and forth between. */
const MOST_STATES = 3;
/** What all files of a cache may have together, in bytes. */
const LARGEST_CACHE_BYTES = 256 * 1024 * 1024;

const NONE: Segment = { remembered: (_texts, _policies, _tree, _isAll, find) => find(), close: () => undefined };

/** Opens a cache; null: there is none, and everything is found anew. */
export function cacheAt(folder: CacheFolder | null): { readonly open: (unit: string) => Segment } {
  return { open: (unit) => (folder === null ? NONE : segmentAt(folder, unit)) };
}

function segmentAt({ path, program }: CacheFolder, unit: string): Segment {
  // What another program wrote may have another shape: it is not even read.
  const name = hashOf([program, unit]);
  const folder = join(path, name.slice(0, 2));
  const file = join(folder, name.slice(2, 34));
  const before = readEntries(file);
  const known = new Map(before.map((entry) => [entry.key, entry]));
  const used: Entry[] = [];
  let isNew = false;
  return {
    remembered: (texts, policies, tree, isAll, find) => {
      const key = keyOf([...texts, ...policies], tree, isAll);
      const found = known.get(key);
      if (found !== undefined && found.lists.length === texts.length) {
        used.push(found);
        return found.lists;
      }
      const lists = find();
      used.push({ about: `${texts.length} ${texts[0]?.path ?? ""}`, key, lists });
      isNew = true;
      return lists;
    },
    close: () => {
      if (isNew) writeEntries(folder, file, kept(used, before));
    },
  };
}

/** Those of this time first; of each thing the last few states. */
function kept(used: readonly Entry[], before: readonly Entry[]): readonly Entry[] {
  const counts = new Map<string, number>();
  const keys = new Set<string>();
  return [...used, ...before].filter(({ about, key }) => {
    const count = counts.get(about) ?? 0;
    if (keys.has(key) || count >= MOST_STATES) return false;
    counts.set(about, count + 1);
    keys.add(key);
    return true;
  });
}

/** All that decides what a program finds. */
function keyOf(texts: readonly KeyText[], { kernels, build }: KernelTree, isAll: boolean): string {
  const options = build.options === null ? null : [...build.options].sort();
  const hash = createHash("sha256");
  hash.update(JSON.stringify([isAll, kernels.map(({ name, options: given }) => [name, given]), options]));
  for (const { path, text } of texts) hash.update(`${JSON.stringify([path, text.length])}${text}`);
  return hash.digest("hex");
}

const hashOf = (words: readonly string[]): string => createHash("sha256").update(JSON.stringify(words)).digest("hex");

/** A file that is torn, foreign or from another time is as if it were not there. */
function readEntries(file: string): readonly Entry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== hashOf([body])) return [];
  // What has its own hash was written below, by this program.
  const entries: readonly Entry[] = JSON.parse(body);
  return entries;
}

function writeEntries(folder: string, file: string, entries: readonly Entry[]): void {
  const body = JSON.stringify(entries);
  const beside = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  if (!makeFolder(folder)) return;
  try {
    writeFileSync(beside, `${hashOf([body])}\n${body}`, { flag: "wx", mode: 0o600 });
    renameSync(beside, file);
  } catch {
    remove(beside);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** Takes the oldest files away until the others have room. Never throws. */
export function boundCache(path: string, mostBytes: number = LARGEST_CACHE_BYTES): void {
  const files = filesBelow(path).sort((a, b) => b.time - a.time);
  let bytes = 0;
  for (const file of files) {
    bytes += file.bytes;
    if (bytes > mostBytes) remove(file.path);
  }
}

interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  readonly time: number;
}

function filesBelow(path: string): KeptFile[] {
  try {
    return readdirSync(path, { recursive: true, encoding: "utf8" }).flatMap((name): readonly KeptFile[] => {
      const file = join(path, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats?.isFile() === true ? [{ path: file, bytes: stats.size, time: stats.mtimeMs }] : [];
    });
  } catch {
    return [];
  }
}
