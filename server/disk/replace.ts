import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Gives a file another text, whole or not at all: the text is written beside it, and takes its place when it has
 * reached the disk. Links are followed and stay; mode and, where that is allowed, owner stay as they were. Throws what
 * the file system says, or that somebody else wrote it, with the file untouched and nothing left beside it.
 * @param before the text that the file was read with
 */
export function replaceFileSync(path: string, before: string, text: string): void {
  const target = realpathSync(path);
  // Who may replace a file in its folder may not be allowed to write to it.
  accessSync(target, constants.W_OK);
  const { mode, uid, gid } = statSync(target);
  const folder = dirname(target);
  const beside = join(folder, `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const descriptor = openSync(beside, "wx", 0o600);
  try {
    try {
      writeFileSync(descriptor, text);
      keepOwner(descriptor, uid, gid);
      fchmodSync(descriptor, mode & 0o7777);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // To reach the disk took its time, and an editor may have saved meanwhile.
    if (readFileSync(target, "utf8") !== before) throw new Error("it was written by somebody else meanwhile");
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Makes a file that is not there, whole or not at all. Throws what the file system says. */
export function makeFileSync(path: string, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    writeFileSync(beside, text, { flag: "wx", flush: true });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Who is not the owner may not give a file to the owner; it is then the writer's. */
function keepOwner(descriptor: number, uid: number, gid: number): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {}
}

/** Makes the new name last through a power cut, where folders can be opened for that. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {}
}
