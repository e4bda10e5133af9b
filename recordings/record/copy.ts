import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { dirname, join } from "node:path";

/** Path in the tree -> what the file looked like when it was copied. */
type Manifest = ReadonlyMap<string, string>;

/** Left by a build in the tree itself, or history: nothing of it is source. */
const NO_SOURCE = /^\.git$|\.(?:o|ko|a|cmd|mod|mod\.c|order)$|^(?:vmlinux|System\.map|Module\.symvers)$/;

/** Copied once, a file is taken again when one of these has changed. */
const looks = (stats: Stats): string => `${stats.size} ${stats.mtimeMs} ${stats.ino} ${stats.mode}`;

/** The files and links of a tree, sorted by path, with how each looks. */
function scan(tree: string): Manifest {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    const entries = readdirSync(join(tree, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (NO_SOURCE.test(entry.name)) continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() || entry.isSymbolicLink()) found.set(path, looks(lstatSync(join(tree, path))));
    }
  };
  visit("");
  return found;
}

function readManifest(file: string): Manifest {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, "utf8").split("\n");
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const at = line.indexOf("\t");
      return at < 0 ? [] : [[line.slice(at + 1), line.slice(0, at)]];
    }),
  );
}

const writeManifest = (file: string, files: Manifest): void =>
  writeFileSync(file, [...files].map(([path, look]) => `${look}\t${path}\n`).join(""));

/**
 * Makes `copy` the tree, file by file: what has not changed since the last time is left as it is, so that make builds no
 * more than it must. The tree itself is only read.
 * @param own files that the caller writes into the copy himself: they are neither copied nor removed
 * @returns how many files had to be looked at, and are now as in the tree, or gone
 */
export function copyTree(tree: string, copy: string, manifest: string, own: ReadonlySet<string>): number {
  const before = readManifest(manifest);
  const now = scan(tree);
  const gone = [...before.keys()].filter((path) => !now.has(path) && !own.has(path));
  const changed = [...now].filter(([path, look]) => before.get(path) !== look && !own.has(path));
  // An interrupted copy is begun anew where it stopped: what is not in the manifest is copied again.
  if (gone.length + changed.length > 0) writeManifest(manifest, without(before, changed, gone));
  for (const path of gone) rmSync(join(copy, path), { force: true });
  let folder = "";
  for (const [path] of changed) {
    const target = join(copy, path);
    if (dirname(target) !== folder) {
      folder = dirname(target);
      mkdirSync(folder, { recursive: true });
    }
    copyFile(join(tree, path), target);
  }
  writeManifest(manifest, now);
  return gone.length + changed.length;
}

function without(files: Manifest, changed: readonly (readonly [string, string])[], gone: readonly string[]): Manifest {
  const left = new Set([...changed.map(([path]) => path), ...gone]);
  return new Map([...files].filter(([path]) => !left.has(path)));
}

function copyFile(source: string, target: string): void {
  if (isCopied(source, target)) return;
  rmSync(target, { force: true, recursive: true });
  if (lstatSync(source).isSymbolicLink()) symlinkSync(readlinkSync(source), target);
  else copyFileSync(source, target, constants.COPYFILE_FICLONE);
}

/** The same bytes: a checkout that came back to what it was, or another one of the same source, costs no building. */
function isCopied(source: string, target: string): boolean {
  const there = lstatSync(target, { throwIfNoEntry: false });
  const wanted = lstatSync(source);
  return (
    there?.isFile() === true &&
    wanted.isFile() &&
    there.size === wanted.size &&
    there.mode === wanted.mode &&
    readFileSync(target).equals(readFileSync(source))
  );
}

/** Writes a file of the copy, unless it holds that text already: make goes by the time. */
export function writeIfNew(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  rmSync(file, { force: true });
  writeFileSync(file, text);
}
