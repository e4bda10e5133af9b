import { basename, dirname, join, relative } from "node:path";
import type { Change, ChangedFile } from "./change.ts";
import { UsageError } from "../command.ts";
import { decodedMail } from "./mail.ts";
import { patched, patchesIn, type Direction, type FilePatch } from "./unified-diff.ts";
import { ON_DISK, type Entry, type TreeFiles } from "./tree-files.ts";

/** What bears on how C is judged. */
const BEARS = /\.[ch]$|(?:^|\/)(?:Makefile|Kbuild)$/;

/**
 * What a patch changes of the files on disk: what it would do, or, where it is carried out already, what it did. Throws
 * `UsageError` where it is no patch or does not fit the files.
 * @param cwd the folder, or one below it, that its paths begin at
 */
export function changeOfPatch(cwd: string, text: string): Change {
  const all = patchesIn(decodedMail(text));
  if (all.length === 0) throw new UsageError("there is no unified diff in the patch");
  const { base, patches } = placed(
    cwd,
    all.filter(({ before, after }) => BEARS.test(after ?? "") || BEARS.test(before ?? "")),
  );
  const forward = overlayOf(base, patches, "forward");
  if (!("fails" in forward)) return { before: ON_DISK, after: laidOver(forward), files: changedFiles(base, patches) };
  const back = overlayOf(base, patches, "back");
  if (!("fails" in back)) return { before: laidOver(back), after: ON_DISK, files: changedFiles(base, patches) };
  throw new UsageError(`the patch does not fit the files in ${base}: ${forward.fails}`);
}

/** A patch whose names begin at a folder. */
interface Placed {
  readonly base: string;
  readonly patches: readonly FilePatch[];
}

/**
 * The nearest folder, upwards, in which a file of the patch stands, with or without the first part of its name as
 * `a/`, `b/` or `linux.orig/`; for a patch that only makes new files, one in which their folders begin.
 */
function placed(cwd: string, raw: readonly FilePatch[]): Placed {
  const isMarked = raw.every(({ before, after, kind }) => kind !== "edited" || PREFIX.test(after ?? before ?? ""));
  const ways = [raw.map(stripped), raw];
  if (!isMarked) ways.reverse();
  const wholes = (name: string): string => name;
  for (const shown of [wholes, topOf]) {
    for (let folder = cwd; ; folder = dirname(folder)) {
      for (const patches of ways)
        if (patches.flatMap(namesOf).some((name) => shown(name) !== "" && ON_DISK.has(join(folder, shown(name)))))
          return { base: folder, patches: patches.map((patch) => ofOneName(folder, patch)) };
      if (dirname(folder) === folder) break;
    }
  }
  return { base: cwd, patches: ways[0] ?? raw };
}

/** What git and quilt put before a name: `a/`, with diff.mnemonicPrefix `i/` and `w/`. */
const PREFIX = /^[a-z0-9]\//;

const topOf = (name: string): string => (name.includes("/") ? (name.split("/")[0] ?? "") : "");

const namesOf = ({ before, after }: FilePatch): readonly string[] => [before, after].filter((name) => name !== null);

function stripped(patch: FilePatch): FilePatch {
  if (patch.kind !== "edited") return patch;
  const strip = (name: string | null): string | null => name?.replace(/^[^/]+\/+/, "") ?? null;
  return { ...patch, before: strip(patch.before), after: strip(patch.after) };
}

/** `diff x.c.orig x.c` is about one file, which is that of both that there is. */
function ofOneName(base: string, patch: FilePatch): FilePatch {
  const { before, after, kind } = patch;
  if (kind !== "edited" || before === null || after === null || before === after) return patch;
  const name = ON_DISK.has(join(base, after)) ? after : before;
  return { ...patch, before: name, after: name };
}

function pathIn(base: string, name: string): string {
  const path = join(base, name);
  if (relative(base, path).startsWith("..")) throw new UsageError(`the patch leads out of ${base}: ${name}`);
  return path;
}

function changedFiles(base: string, patches: readonly FilePatch[]): readonly ChangedFile[] {
  return patches.map(({ before, after, kind }) => ({
    before: before === null || kind === "copied" ? null : pathIn(base, before),
    after: after === null ? null : pathIn(base, after),
  }));
}

/** By absolute path: the text that a file has then; null: it is not there. */
type Overlay = ReadonlyMap<string, string | null>;

function overlayOf(
  base: string,
  patches: readonly FilePatch[],
  direction: Direction,
): Overlay | { readonly fails: string } {
  const overlay = new Map<string, string | null>();
  // Of a series of patches the last is taken back first.
  for (const { before, after, kind, hunks } of direction === "forward" ? patches : patches.toReversed()) {
    const [from, to] = direction === "forward" ? [before, after] : [after, before];
    const isTaken = from === null && to !== null && overlay.get(pathIn(base, to)) == null;
    if (isTaken && !overlay.has(pathIn(base, to)) && ON_DISK.has(pathIn(base, to)))
      return { fails: `${to} is there already` };
    const known = from === null ? "" : overlay.get(pathIn(base, from));
    const text = known === undefined && from !== null ? ON_DISK.read(pathIn(base, from)) : (known ?? null);
    if (text === null) return { fails: `${from} cannot be read` };
    const done = patched(text, hunks, direction);
    if (typeof done === "number") return { fails: `hunk ${done} of ${from ?? to} has no place` };
    const isKept = kind === "copied" && direction === "forward";
    if (from !== null && from !== to && !isKept) overlay.set(pathIn(base, from), null);
    if (to !== null) overlay.set(pathIn(base, to), done);
  }
  return overlay;
}

/** The files on disk, but for those of the overlay. */
function laidOver(overlay: Overlay): TreeFiles {
  const read = (path: string): string | null => {
    const text = overlay.get(path);
    return text === undefined ? ON_DISK.read(path) : text;
  };
  const changes = entriesOf(overlay);
  return {
    read,
    has: (path) => (overlay.has(path) ? overlay.get(path) !== null : ON_DISK.has(path)),
    entries: (folder) => {
      const entries = new Map(ON_DISK.entries(folder).map((entry) => [entry.name, entry]));
      for (const { isThere, ...entry } of changes.get(folder) ?? []) {
        if (isThere) entries.set(entry.name, entry);
        else if (!entry.isFolder) entries.delete(entry.name);
      }
      return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

/** What an overlay adds to folders and takes from them, in its order. */
function entriesOf(overlay: Overlay): ReadonlyMap<string, readonly (Entry & { readonly isThere: boolean })[]> {
  const changes = new Map<string, (Entry & { readonly isThere: boolean })[]>();
  for (const [path, text] of overlay)
    for (let at = path; dirname(at) !== at; at = dirname(at)) {
      const known = changes.get(dirname(at)) ?? [];
      changes.set(dirname(at), known);
      known.push({ name: basename(at), isFolder: at !== path, isThere: text !== null });
    }
  return changes;
}
