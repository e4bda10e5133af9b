import { isUtf8 } from "node:buffer";
import { readFileSync, readdirSync, statSync, type Dirent } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError, type Io } from "./command.ts";

const EXTENSION = ".allocpolicy";

/** A file to check: its path as the user would write it, and its text. */
export interface PolicyFile {
  /** Relative to where the command runs, if the user gave it so. */
  readonly path: string;
  readonly absolutePath: string;
  readonly text: string;
  /** The bytes were UTF-8. Where not, `text` is not all that the file says: nothing may be written back. */
  readonly isUtf8: boolean;
}

/** How standard input is asked for, and how it is called. */
const STDIN = "-";
export const STDIN_PATH = "<stdin>";

/** The files that the arguments mean, as `policyFiles` says; `-` is what comes over standard input, as if it stood in the current folder. */
export async function wantedFiles(io: Io, paths: readonly string[]): Promise<readonly PolicyFile[]> {
  if (!paths.includes(STDIN)) return policyFiles(io.cwd, paths);
  let text = "";
  for await (const chunk of io.input) text += chunk;
  const others = paths.filter((path) => path !== STDIN);
  const stdin = { path: STDIN_PATH, absolutePath: resolve(io.cwd, STDIN_PATH), text, isUtf8: true };
  return [...(others.length > 0 ? policyFiles(io.cwd, others) : []), stdin];
}

/**
 * The files that the arguments mean: a file is itself, a folder is every `.allocpolicy` file below it in order of name
 * (hidden folders and `node_modules` left out), nothing is the current folder. Throws `UsageError` for a path that
 * cannot be read, and for a folder without any policy.
 */
export function policyFiles(cwd: string, paths: readonly string[]): readonly PolicyFile[] {
  const wanted = paths.length > 0 ? paths : ["."];
  const found = wanted.flatMap((path) => filesAt(cwd, path));
  const seen = new Set<string>();
  return found
    .filter((path) => !seen.has(resolve(cwd, path)) && seen.add(resolve(cwd, path)))
    .map((path) => {
      const bytes = readBytes(cwd, path);
      return { path, absolutePath: resolve(cwd, path), text: bytes.toString("utf8"), isUtf8: isUtf8(bytes) };
    });
}

/** The text of a file; throws `UsageError` that says which file and why. */
export function readText(cwd: string, path: string): string {
  return readBytes(cwd, path).toString("utf8");
}

function readBytes(cwd: string, path: string): Buffer {
  try {
    return readFileSync(resolve(cwd, path));
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

function filesAt(cwd: string, path: string): readonly string[] {
  const absolute = resolve(cwd, path);
  let isFolder: boolean;
  try {
    isFolder = statSync(absolute).isDirectory();
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
  if (!isFolder) return [path];
  const files = filesBelow(cwd, path);
  if (files.length === 0)
    throw new UsageError(`there is no ${EXTENSION} file in ${path === "." ? "this folder" : path}`);
  return files;
}

function filesBelow(cwd: string, folder: string): readonly string[] {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(resolve(cwd, folder), { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`cannot read ${folder}: ${reasonOf(error)}`);
  }
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === "." ? entry.name : join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : filesBelow(cwd, path);
      return entry.name.endsWith(EXTENSION) ? [path] : [];
    });
}

/** Why the file system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EISDIR":
      return "it is a folder";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
