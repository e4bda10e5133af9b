import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { lstat, open, stat, type FileHandle } from "node:fs/promises";

import { tracked } from "./pending.ts";

/** What reading a file gives: its bytes, or why there are none, as the end of a sentence about the file. */
export type FileBytes = { readonly bytes: Buffer } | { readonly unreadable: string };

/** No policy is larger; a file that is was not written by hand. */
export const LARGEST_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Opening never waits for a writer at the other end of a pipe, and makes no terminal the program's own. Both flags are
 * missing on Windows, whatever the types say.
 */
const OPEN_TO_READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * The bytes of a regular file of at most `LARGEST_FILE_BYTES`, links followed. Everything else is refused without being
 * read, most of it without being opened: pipes and devices can wait, never end, or do something. Never throws.
 */
export function readFileBytesSync(path: string): FileBytes {
  let descriptor: number | undefined;
  try {
    const before = whyNotRead(statSync(path));
    if (before !== null) return { unreadable: before };
    descriptor = openSync(path, OPEN_TO_READ);
    const stats = fstatSync(descriptor);
    const why = whyNotRead(stats);
    if (why !== null) return { unreadable: why };
    const reading = new Reading(stats.size);
    while (reading.add(readSync(descriptor, reading.room()))) {}
    return reading.result();
  } catch (error) {
    return { unreadable: isDangling(error, () => lstatSync(path)) ? DANGLING : reasonOf(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The same without keeping the program waiting. On a disk that hangs the promise does not settle; it never rejects. */
export function readFileBytes(path: string): Promise<FileBytes> {
  return tracked(readNow(path));
}

async function readNow(path: string): Promise<FileBytes> {
  let handle: FileHandle | undefined;
  try {
    const before = whyNotRead(await stat(path));
    if (before !== null) return { unreadable: before };
    handle = await open(path, OPEN_TO_READ);
    const stats = await handle.stat();
    const why = whyNotRead(stats);
    if (why !== null) return { unreadable: why };
    const reading = new Reading(stats.size);
    while (reading.add((await handle.read(reading.room())).bytesRead)) {}
    return reading.result();
  } catch (error) {
    const link = await lstat(path).catch(() => null);
    return { unreadable: isDangling(error, () => link) ? DANGLING : reasonOf(error) };
  } finally {
    await handle?.close();
  }
}

const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of a regular file of any size, piece by piece, each its own; or as the last piece why it cannot be read, or
 * not further. Never throws.
 */
export async function* readFileChunks(path: string): AsyncGenerator<FileBytes> {
  let handle: FileHandle | undefined;
  try {
    const before = whyNoFile(await stat(path));
    handle = before === null ? await open(path, OPEN_TO_READ) : undefined;
    const why = before ?? (handle === undefined ? null : whyNoFile(await handle.stat()));
    if (why !== null || handle === undefined) {
      yield { unreadable: why ?? DANGLING };
      return;
    }
    for (let isFirst = true; ; isFirst = false) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES));
      if (bytesRead === 0) return;
      const bytes = buffer.subarray(0, bytesRead);
      const noText = isFirst ? whyNoText(bytes) : null;
      if (noText !== null) {
        yield { unreadable: noText };
        return;
      }
      yield { bytes };
    }
  } catch (error) {
    const link = await lstat(path).catch(() => null);
    yield { unreadable: isDangling(error, () => link) ? DANGLING : reasonOf(error) };
  } finally {
    await handle?.close();
  }
}

/** Pieces of a file that are read until it ends, or until it is too large: its size may be told wrong, or grow. */
class Reading {
  readonly #pieces: Buffer[] = [];
  #piece: Buffer;
  #total = 0;

  /** @param size what the file system says */
  constructor(size: number) {
    // One byte more than there are: whoever reads less has read all.
    this.#piece = Buffer.allocUnsafe(Math.min(size, LARGEST_FILE_BYTES) + 1);
  }

  /** Where the next bytes go. */
  room(): Buffer {
    if (this.#piece.length === 0) this.#piece = Buffer.allocUnsafe(64 * 1024);
    return this.#piece;
  }

  /** Takes what was read into `room()`; false when no more is wanted. */
  add(count: number): boolean {
    this.#total += count;
    if (count > 0) this.#pieces.push(this.#piece.subarray(0, count));
    this.#piece = this.#piece.subarray(count);
    return count > 0 && this.#total <= LARGEST_FILE_BYTES;
  }

  result(): FileBytes {
    if (this.#total > LARGEST_FILE_BYTES) return { unreadable: TOO_LARGE };
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces);
    const noText = whyNoText(bytes);
    return noText === null ? { bytes } : { unreadable: noText };
  }
}

/** Why no more is read than `LARGEST_FILE_BYTES`. */
export const TOO_LARGE = `it is larger than ${LARGEST_FILE_BYTES / 1024 / 1024} MiB`;

const WIDE = "it is UTF-16, as PowerShell writes it: save it as UTF-8";
const compressed = (by: string, writes: string): string => `it is compressed (${by}): give what '${writes}' writes`;

/** How what is no text begins, and what to do about it. No text in UTF-8, nor in single bytes, begins like one. */
const NO_TEXTS: readonly (readonly [beginning: Buffer, why: string])[] = [
  [Buffer.from([0xff, 0xfe]), WIDE],
  [Buffer.from([0xfe, 0xff]), WIDE],
  [Buffer.from([0x1f, 0x8b, 0x08]), compressed("gzip", "zcat")],
  [Buffer.from("\xfd7zXZ\0", "latin1"), compressed("xz", "xzcat")],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), compressed("zstd", "zstdcat")],
  [Buffer.from([0x04, 0x22, 0x4d, 0x18]), compressed("lz4", "lz4cat")],
  ...Array.from("123456789", (level): [Buffer, string] => [
    Buffer.from(`BZh${level}1AY&SY`, "latin1"),
    compressed("bzip2", "bzcat"),
  ]),
  [Buffer.from("LPKSHHRH", "latin1"), "it is a journal: give what 'journalctl -k --file' writes"],
];

/** Why the first bytes of a file are those of no text, as the end of a sentence about it; null: they may be. */
export function whyNoText(bytes: Buffer): string | null {
  const found = NO_TEXTS.find(([beginning]) => bytes.subarray(0, beginning.length).equals(beginning));
  return found?.[1] ?? null;
}

const DANGLING = "it is a link to a file that is not there";

/** Null for a file that may be read. */
function whyNotRead(stats: Stats): string | null {
  return whyNoFile(stats) ?? (stats.size > LARGEST_FILE_BYTES ? TOO_LARGE : null);
}

/** Null for a regular file. */
function whyNoFile(stats: Stats): string | null {
  if (stats.isDirectory()) return "it is a folder";
  if (stats.isFIFO()) return "it is a pipe, not a regular file";
  if (stats.isSocket()) return "it is a socket, not a regular file";
  return stats.isFile() ? null : "it is a device, not a regular file";
}

function isDangling(error: unknown, link: () => Stats | null): boolean {
  if (codeOf(error) !== "ENOENT") return false;
  try {
    return link()?.isSymbolicLink() === true;
  } catch {
    return false;
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["ENOTDIR", "there is no such file"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EISDIR", "it is a folder"],
  ["ELOOP", "its links lead in a circle"],
  ["ENAMETOOLONG", "its name is too long"],
  ["ENOSPC", "there is no space left on the disk"],
  ["EDQUOT", "there is no space left for this user"],
  ["EFBIG", "it would be larger than files may be here"],
  ["EROFS", "the file system is read-only"],
  ["EBUSY", "it is in use and cannot be replaced"],
  ["EIO", "the disk or what is behind it fails"],
  ["EBADF", "it is not open for that"],
  ["EMFILE", "too many files are open: the limit of this process ('ulimit -n') is reached"],
  ["ENFILE", "too many files are open on this machine"],
  ["ENOMEM", "there is no memory left"],
]);

/** Why the file system refused, in words, as the end of a sentence about the file. */
export function reasonOf(error: unknown): string {
  return REASONS.get(codeOf(error)) ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
