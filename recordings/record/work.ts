import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRecording } from "../../conformance/recording.ts";
import type { Row } from "../../conformance/row.ts";
import { Problem } from "./problem.ts";

/** The folder that a recording is made in. What is in it saves the next run its work, and may be removed at any time. */
export interface Work {
  readonly folder: string;
  /** The instrumented copy. */
  readonly tree: string;
  readonly manifest: string;
  readonly build: string;
  readonly parts: string;
  readonly logs: string;
}

/** Makes the folders. */
export function workIn(folder: string): Work {
  const work: Work = {
    folder,
    tree: join(folder, "tree"),
    manifest: join(folder, "tree.manifest"),
    build: join(folder, "build"),
    parts: join(folder, "parts"),
    logs: join(folder, "logs"),
  };
  for (const path of [work.tree, work.parts, work.logs]) mkdirSync(path, { recursive: true });
  return work;
}

/**
 * Takes the folder for this process; what a process that is gone had taken is free.
 * @returns gives it back
 * @throws Problem when another process works in it
 */
export function lock({ folder }: Work): () => void {
  const file = join(folder, "lock");
  const holder = existsSync(file) ? Number(readFileSync(file, "utf8")) : null;
  if (holder !== null && holder !== process.pid && isRunning(holder))
    throw new Problem(`Process ${holder} records in ${folder} already: give another --work, or wait.`);
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Takes away what was recorded of another image. @returns true when there was something */
export function keepPartsOf(work: Work, hash: string): boolean {
  const stamp = join(work.parts, "image.sha256");
  const known = existsSync(stamp) ? readFileSync(stamp, "utf8") : null;
  if (known === hash) return false;
  rmSync(work.parts, { recursive: true });
  mkdirSync(work.parts);
  writeFileSync(stamp, hash);
  return known !== null;
}

const rowsFile = (work: Work, part: string, round: number): string =>
  join(work.parts, `${part}${round === 0 ? "" : ".again"}.jsonl`);

/** The rows of a part that was recorded whole, or null. @param round 0, or 1 for the second time */
export function recordedPart(work: Work, part: string, round: number): readonly Row[] | null {
  const file = rowsFile(work, part, round);
  return existsSync(file) ? readRecording(readFileSync(file)) : null;
}

/** Keeps the rows of a part that was recorded whole. */
export function keepPart(work: Work, part: string, round: number, rows: readonly Row[]): void {
  const file = rowsFile(work, part, round);
  writeFileSync(`${file}.new`, linesOf(rows));
  renameSync(`${file}.new`, file);
}

/** Rows as lines of JSON. */
export const linesOf = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
