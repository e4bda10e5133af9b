import { spawnSync } from "node:child_process";
import { dirname, join, relative, resolve } from "node:path";
import type { Change, ChangedFile } from "./change.ts";
import { UsageError } from "../command.ts";
import type { Entry, TreeFiles } from "./tree-files.ts";

/**
 * What changes between two commits, `A..B`; a side that is left out is HEAD, and `A...B` begins where both parted.
 * Throws `UsageError` with what git says.
 */
export function changeOfCommits(cwd: string, range: string): Change {
  const [, first, dots, second] = /^(.*?)(\.{2,3})(.*)$/.exec(range) ?? [];
  if (first === undefined || second === undefined)
    throw new UsageError(`--git takes two commits, as HEAD~1..HEAD; not '${range}'`);
  const root = resolve(cwd, git(cwd, ["rev-parse", "--show-cdup"]).toString("utf8").replace(/\n$/, "") || ".");
  const [one, after] = [commitOf(root, first || "HEAD"), commitOf(root, second || "HEAD")];
  const before = dots === "..." ? mergeBase(root, one, after) : one;
  return {
    before: commitFiles(root, before),
    after: commitFiles(root, after),
    files: changedFiles(root, before, after),
  };
}

function mergeBase(root: string, one: string, other: string): string {
  return git(root, ["merge-base", one, other], { fails: "the two commits have no history in common" })
    .toString("utf8")
    .trim();
}

function commitOf(cwd: string, name: string): string {
  const isShallow = git(cwd, ["rev-parse", "--is-shallow-repository"]).toString("utf8").trim() === "true";
  const hint = isShallow ? ": this clone is shallow, and has but its newest commits (git fetch --unshallow)" : "";
  return git(cwd, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`], {
    fails: `git knows no commit '${name}'${hint}`,
  })
    .toString("utf8")
    .trim();
}

function changedFiles(root: string, before: string, after: string): readonly ChangedFile[] {
  const fields = git(root, ["diff-tree", "-r", "-z", "-M", "--name-status", before, after])
    .toString("utf8")
    .split("\0");
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < fields.length; ) {
    const kind = fields[at]?.[0] ?? "";
    const [from = "", to = ""] = [fields[at + 1], fields[at + 2]];
    const isMove = kind === "R" || kind === "C";
    const other = isMove ? to : from;
    files.push({
      before: kind === "A" || kind === "C" ? null : join(root, from),
      after: kind === "D" ? null : join(root, other),
    });
    at += isMove ? 3 : 2;
  }
  return files;
}

/** The files of a commit, asked of git when they are wanted, those of a folder together. */
function commitFiles(root: string, commit: string): TreeFiles {
  const { blobs, folders } = listing(root, commit);
  const texts = new Map<string, string>();
  const fetch = (paths: readonly string[]): void => {
    const wanted = paths.flatMap((path) => {
      const id = blobs.get(path);
      return id === undefined || texts.has(path) ? [] : [{ path, id }];
    });
    const contents = blobsOf(
      root,
      wanted.map(({ id }) => id),
    );
    wanted.forEach(({ path }, at) => void texts.set(path, contents[at] ?? ""));
  };
  return {
    has: (path) => blobs.has(path) || folders.has(path),
    entries: (folder) => folders.get(folder) ?? [],
    read: (path) => {
      if (!blobs.has(path)) return null;
      if (!texts.has(path)) {
        const beside = (folders.get(dirname(path)) ?? []).map(({ name }) => join(dirname(path), name));
        fetch(path.endsWith(".c") ? beside.filter((other) => other.endsWith(".c")) : [path]);
      }
      return texts.get(path) ?? null;
    },
  };
}

/** Regular files of a commit by absolute path, and what stands in each folder. */
function listing(
  root: string,
  commit: string,
): { readonly blobs: ReadonlyMap<string, string>; readonly folders: ReadonlyMap<string, readonly Entry[]> } {
  const blobs = new Map<string, string>();
  const folders = new Map<string, Entry[]>();
  const add = (path: string, isFolder: boolean): void => {
    const parent = dirname(path);
    const known = folders.get(parent);
    const entry = { name: relative(parent, path), isFolder };
    if (known !== undefined) known.push(entry);
    else {
      folders.set(parent, [entry]);
      if (parent !== root) add(parent, true);
    }
  };
  for (const line of git(root, ["ls-tree", "-r", "-z", "--full-tree", commit]).toString("utf8").split("\0")) {
    const [, id, name] = /^100\d{3} blob ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
    if (id === undefined || name === undefined) continue;
    const path = join(root, name);
    blobs.set(path, id);
    add(path, false);
  }
  for (const entries of folders.values()) entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { blobs, folders };
}

function blobsOf(root: string, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const out = git(root, ["cat-file", "--batch"], { input: `${ids.join("\n")}\n` });
  const texts: string[] = [];
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf("\n", at);
    const size = Number(/ (\d+)$/.exec(out.toString("latin1", at, end))?.[1] ?? Number.NaN);
    if (end < 0 || Number.isNaN(size)) throw new UsageError("git did not give the files of a commit");
    texts.push(out.toString("utf8", end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return texts;
}

const MOST_BYTES = 1024 * 1024 * 1024;

/** Runs git, without a shell. Throws `UsageError` with what it says, or with what the caller knows better. */
function git(
  cwd: string,
  args: readonly string[],
  { input = "", fails = null }: { readonly input?: string; readonly fails?: string | null } = {},
): Buffer {
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd,
    input,
    maxBuffer: MOST_BYTES,
    env: { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" },
  });
  if (error !== undefined)
    throw new UsageError(
      "code" in error && error.code === "ENOENT"
        ? "--git needs git, and it is not on the PATH"
        : `git: ${error.message}`,
    );
  if (status === 0) return stdout;
  throw new UsageError(
    fails ??
      stderr
        .toString("utf8")
        .split("\n")
        .find((line) => line !== "") ??
      `git ended with ${status}`,
  );
}
