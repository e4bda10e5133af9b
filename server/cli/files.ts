import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, statSync, type Dirent } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { format } from "../../grammar/index.ts";
import { LARGEST_FILE_BYTES, readFileBytesSync, reasonOf, TOO_LARGE } from "../disk/read.ts";
import { UsageError, type Io } from "./command.ts";
import { visibleName } from "../service/visible.ts";

export const POLICY_ENDING = ".allocpolicy";
/** Emacs marks a file that is being edited by a link to nowhere of this name: `.#x.allocpolicy`. */
const LOCK = ".#";

/** A file that the arguments mean, not read yet: its path as the user would write it. */
export interface FoundFile {
  /** Relative to where the command runs, if the user gave it so. */
  readonly path: string;
  readonly absolutePath: string;
  /** The user named it, and not a folder that it is in. */
  readonly isNamed: boolean;
}

export interface ReadFile extends FoundFile {
  readonly text: string;
  /** The bytes were UTF-8. Where not, `text` is not all that the file says: nothing may be written back. */
  readonly isUtf8: boolean;
}

/** A file or folder that cannot be read, and why, as the end of a sentence. */
export interface Unreadable {
  readonly path: string;
  readonly why: string;
  /** It can be read, and nothing that is wanted is in it: `why` is the whole sentence. */
  readonly isEmpty?: boolean;
}

/** What the arguments of a command mean. */
export interface WantedFiles {
  readonly files: readonly FoundFile[];
  /** Folders that cannot be read, or have nothing to read. */
  readonly unreadable: readonly Unreadable[];
  /** The folders that make up the workspace of the files, as absolute paths: see `workspaceFolder`. */
  readonly folders: readonly string[];
}

/** How standard input is asked for, and how it is called. */
const STDIN = "-";
export const STDIN_PATH = "<stdin>";

/**
 * Standard input as a file in the current folder, if the arguments ask for it by `-`; else null. Throws `UsageError`
 * where it cannot be read, or is larger than files may be.
 */
export async function standardInput(io: Io, paths: readonly string[]): Promise<ReadFile | null> {
  if (!paths.includes(STDIN)) return null;
  let text = "";
  let bytes = 0;
  for await (const chunk of io.input) {
    text += chunk;
    bytes += Buffer.byteLength(chunk);
    if (bytes > LARGEST_FILE_BYTES) throw new UsageError(`cannot read standard input: ${TOO_LARGE}`);
  }
  return { path: STDIN_PATH, absolutePath: resolve(io.cwd, STDIN_PATH), isNamed: true, text, isUtf8: true };
}

/**
 * The files that the arguments mean: a file is itself, a folder is every file below it with one of the endings, in
 * order of name (hidden folders, `node_modules` and the locks of an editor left out), nothing is the current folder.
 * `-`, which is standard input, gives no file. A folder without any such file is told like one that cannot be read.
 * Throws `UsageError` for an empty name, as `"$UNSET"` is in a script.
 */
export function wantedFiles(cwd: string, paths: readonly string[], endings: readonly string[]): WantedFiles {
  const unreadable: Unreadable[] = [];
  if (paths.includes("")) throw new UsageError("an empty name is no file; the current folder is .");
  const wanted = (paths.length > 0 ? paths : ["."]).filter((path) => path !== STDIN);
  const walk: Walk = { cwd, endings, refuse: (one) => void unreadable.push(one) };
  const found = new Map<string, FoundFile>();
  for (const asked of wanted) {
    for (const path of filesAt(walk, asked)) {
      const absolutePath = resolve(cwd, path);
      const isNamed = path === asked || found.get(absolutePath)?.isNamed === true;
      found.set(absolutePath, { path, absolutePath, isNamed });
    }
  }
  const roots = [...wanted.map((path) => resolve(cwd, path)), ...(wanted.length < paths.length ? [cwd] : [])];
  return {
    files: [...found.values()],
    unreadable,
    folders: [...new Set(roots.map((path) => workspaceFolder(cwd, path)))],
  };
}

/** The file with its text, which standard input has already. Never throws. */
export function readWanted(found: FoundFile | ReadFile): ReadFile | Unreadable {
  if (isRead(found)) return found;
  const { path, absolutePath } = found;
  const content = readFileBytesSync(absolutePath);
  return "bytes" in content
    ? { ...found, text: content.bytes.toString("utf8"), isUtf8: isUtf8(content.bytes) }
    : { path, why: path.includes(NO_UTF8) ? "there is no such file, or its name is not UTF-8" : content.unreadable };
}

/** What Node makes of the bytes of a name that are not UTF-8: the file is not found again by it. */
const NO_UTF8 = "\uFFFD";

function isRead(found: FoundFile | ReadFile): found is ReadFile {
  return "text" in found;
}

/** What is said of a file that cannot be read. */
function unreadableText({ path, why, isEmpty = false }: Unreadable): string {
  return isEmpty ? why : `cannot read ${visibleName(path)}: ${why}`;
}

/**
 * Says which files cannot be read. The first waits for another file: where it is all that there is, it is the error of
 * the command.
 */
export class UnreadableFiles {
  readonly #warn: (text: string) => void;
  #held: Unreadable | null = null;
  #count = 0;
  #isAnyRead = false;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  /** Some file could not be read: the exit status is `USAGE`, whatever else is found. */
  get isAny(): boolean {
    return this.#count > 0;
  }

  /** Some file was read. */
  read(): void {
    this.#release();
    this.#isAnyRead = true;
  }

  refuse(one: Unreadable): void {
    this.#release();
    if (this.#count === 0 && !this.#isAnyRead) this.#held = one;
    else this.#warn(`${unreadableText(one)}\n`);
    this.#count += 1;
  }

  /** Throws `UsageError` when there were files, and none could be read. */
  end(): void {
    if (this.#held !== null) throw new UsageError(unreadableText(this.#held));
    if (this.#count > 0 && !this.#isAnyRead) throw new UsageError("no file could be read");
  }

  #release(): void {
    if (this.#held !== null) this.#warn(`${unreadableText(this.#held)}\n`);
    this.#held = null;
  }
}

/** The text of a file; throws `UsageError` that says which file and why. */
export function readText(cwd: string, path: string): string {
  const content = readFileBytesSync(resolve(cwd, path));
  if ("unreadable" in content) throw new UsageError(`cannot read ${path}: ${content.unreadable}`);
  return content.bytes.toString("utf8");
}

/**
 * The text of a policy file that other text is judged by; throws `UsageError` where it cannot be read as a whole: what
 * is left out would be silence.
 */
export function readPolicyText(cwd: string, path: string): string {
  const text = readText(cwd, path);
  if (format(text).kind === "damaged")
    throw new UsageError(`${path} has syntax errors, and not all of it counts: 'allocpolicy check ${path}' shows them`);
  return text;
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

interface Walk {
  readonly cwd: string;
  readonly endings: readonly string[];
  readonly refuse: (one: Unreadable) => void;
}

function filesAt(walk: Walk, path: string): readonly string[] {
  // What is no folder, or is not there, is found out when it is read.
  if (!isFolder(resolve(walk.cwd, path))) return [path];
  let complete = true;
  const files: string[] = [];
  const refuse = (one: Unreadable): void => {
    complete = false;
    walk.refuse(one);
  };
  addFilesBelow({ ...walk, refuse }, path, files);
  if (files.length === 0 && complete) {
    const where = path === "." ? "this folder" : visibleName(path);
    walk.refuse({ path, why: `there is no ${walk.endings.join(" or ")} file in ${where}`, isEmpty: true });
  }
  return files;
}

function addFilesBelow(walk: Walk, folder: string, files: string[]): void {
  let entries: Dirent[];
  try {
    entries = readdirSync(resolve(walk.cwd, folder), { withFileTypes: true });
  } catch (error) {
    walk.refuse({ path: folder, why: reasonOf(error) });
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const path = folder === "." ? name : join(folder, name);
    if (entry.isDirectory()) {
      if (!name.startsWith(".") && name !== "node_modules") addFilesBelow(walk, path, files);
    } else if (!name.startsWith(LOCK) && walk.endings.some((ending) => name.endsWith(ending))) files.push(path);
  }
}
