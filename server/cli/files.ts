import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, statSync, type Dirent } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { readFileBytesSync, reasonOf } from "../disk/read.ts";
import { UsageError, type Io } from "./command.ts";

const EXTENSION = ".allocpolicy";
/** Emacs marks a file that is being edited by a link to nowhere of this name: `.#x.allocpolicy`. */
const LOCK = ".#";

/** A file to check: its path as the user would write it, and its text. */
export interface PolicyFile {
  /** Relative to where the command runs, if the user gave it so. */
  readonly path: string;
  readonly absolutePath: string;
  readonly text: string;
  /** The bytes were UTF-8. Where not, `text` is not all that the file says: nothing may be written back. */
  readonly isUtf8: boolean;
}

/** What the arguments of a command mean. */
export interface WantedFiles {
  readonly files: readonly PolicyFile[];
  /** The folders that make up the workspace of the files, as absolute paths: see `workspaceFolder`. */
  readonly folders: readonly string[];
  /**
   * The user was told of a file or folder that cannot be read: the exit status is then `USAGE`, whatever else is found.
   */
  readonly incomplete: boolean;
}

/** How standard input is asked for, and how it is called. */
const STDIN = "-";
export const STDIN_PATH = "<stdin>";

/**
 * The files that the arguments mean, as `policyFiles` says; `-` is what comes over standard input, as if it stood in
 * the current folder.
 */
export async function wantedFiles(io: Io, paths: readonly string[]): Promise<WantedFiles> {
  const unreadable = (path: string, why: string): void => io.warn(`cannot read ${path}: ${why}\n`);
  if (!paths.includes(STDIN)) return policyFiles(io.cwd, paths, unreadable);
  let text = "";
  for await (const chunk of io.input) text += chunk;
  const others = paths.filter((path) => path !== STDIN);
  const stdin = { path: STDIN_PATH, absolutePath: resolve(io.cwd, STDIN_PATH), text, isUtf8: true };
  const named =
    others.length > 0 ? policyFiles(io.cwd, others, unreadable) : { files: [], folders: [], incomplete: false };
  return {
    files: [...named.files, stdin],
    folders: [...new Set([...named.folders, workspaceFolder(io.cwd, stdin.absolutePath)])],
    incomplete: named.incomplete,
  };
}

/**
 * The files that the arguments mean: a file is itself, a folder is every `.allocpolicy` file below it in order of name
 * (hidden folders, `node_modules` and the locks of an editor left out), nothing is the current folder. What cannot be
 * read is told to `unreadable`, and the others are read. Throws `UsageError` when nothing is left, and for a folder
 * without any policy.
 */
export function policyFiles(
  cwd: string,
  paths: readonly string[],
  unreadable: (path: string, why: string) => void,
): WantedFiles {
  const refused: { readonly path: string; readonly why: string }[] = [];
  const refuse = (path: string, why: string): void => void refused.push({ path, why });
  const wanted = paths.length > 0 ? paths : ["."];
  const found = new Map(wanted.flatMap((path) => filesAt(cwd, path, refuse)).map((path) => [resolve(cwd, path), path]));
  const files = [...found].flatMap(([absolutePath, path]): readonly PolicyFile[] => {
    const content = readFileBytesSync(absolutePath);
    if ("bytes" in content)
      return [{ path, absolutePath, text: content.bytes.toString("utf8"), isUtf8: isUtf8(content.bytes) }];
    refuse(path, content.unreadable);
    return [];
  });
  const [first] = refused;
  if (files.length === 0 && first !== undefined && refused.length === 1)
    throw new UsageError(`cannot read ${first.path}: ${first.why}`);
  for (const { path, why } of refused) unreadable(path, why);
  if (files.length === 0) throw new UsageError("no file could be read");
  const folders = new Set(wanted.map((path) => workspaceFolder(cwd, resolve(cwd, path))));
  return { files, folders: [...folders], incomplete: refused.length > 0 };
}

/** The text of a file; throws `UsageError` that says which file and why. */
export function readText(cwd: string, path: string): string {
  const content = readFileBytesSync(resolve(cwd, path));
  if ("unreadable" in content) throw new UsageError(`cannot read ${path}: ${content.unreadable}`);
  return content.bytes.toString("utf8");
}

/**
 * The folder whose files may be imported by a file that the user names, or by those of a folder that the user names:
 * the git work tree around it; without one the current folder, if it holds it; else the folder itself.
 */
export function workspaceFolder(cwd: string, absolutePath: string): string {
  const own = isFolder(absolutePath) ? absolutePath : dirname(absolutePath);
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) break;
  }
  const way = relative(cwd, own);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way) ? own : cwd;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

type Refuse = (path: string, why: string) => void;

function filesAt(cwd: string, path: string, refuse: Refuse): readonly string[] {
  // What is no folder, or is not there, is found out when it is read.
  if (!isFolder(resolve(cwd, path))) return [path];
  let complete = true;
  const files = filesBelow(cwd, path, (inside, why) => {
    complete = false;
    refuse(inside, why);
  });
  if (files.length === 0 && complete)
    throw new UsageError(`there is no ${EXTENSION} file in ${path === "." ? "this folder" : path}`);
  return files;
}

function filesBelow(cwd: string, folder: string, refuse: Refuse): readonly string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(resolve(cwd, folder), { withFileTypes: true });
  } catch (error) {
    refuse(folder, reasonOf(error));
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === "." ? entry.name : join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : filesBelow(cwd, path, refuse);
      return entry.name.endsWith(EXTENSION) && !entry.name.startsWith(LOCK) ? [path] : [];
    });
}
