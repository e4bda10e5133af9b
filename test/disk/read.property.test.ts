import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  LARGEST_FILE_BYTES,
  readFileBytes,
  readFileBytesSync,
  readFileChunks,
  type FileBytes,
} from "../../server/disk/read.ts";
import { emptyFolder, makePipe } from "./_folder.ts";

/** Reads in both ways, which must come to the same. */
async function read(path: string): Promise<FileBytes> {
  const [first, second] = [readFileBytesSync(path), await readFileBytes(path)];
  if ("bytes" in first && "bytes" in second) expect(second.bytes.equals(first.bytes)).toBe(true);
  else expect(second).toEqual(first);
  return first;
}

async function holds(path: string, bytes: Buffer): Promise<boolean> {
  const result = await read(path);
  return "bytes" in result && result.bytes.equals(bytes);
}

async function whyNot(path: string): Promise<string> {
  const result = await read(path);
  return "unreadable" in result ? result.unreadable : `${result.bytes.length} bytes`;
}

describe("a regular file", () => {
  test("is read whole, whatever its size", async () => {
    const path = join(emptyFolder(), "file");
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(10), fc.nat(300_000)), async (size) => {
        const bytes = Buffer.alloc(size, "0123456789");
        writeFileSync(path, bytes);
        expect(await holds(path, bytes)).toBe(true);
      }),
      { numRuns: 25, seed: 20201213 },
    );
  });

  test("is read to its end where the file system does not tell its size", async () => {
    expect(await holds("/proc/version", readFileSync("/proc/version"))).toBe(true);
  });

  test("is read up to a limit, and refused above it", async () => {
    const path = join(emptyFolder(), "file");
    writeFileSync(path, "");
    truncateSync(path, LARGEST_FILE_BYTES);
    expect(await whyNot(path)).toBe(`${LARGEST_FILE_BYTES} bytes`);
    truncateSync(path, LARGEST_FILE_BYTES + 1);
    expect(await whyNot(path)).toBe("it is larger than 16 MiB");
    truncateSync(path, 2 ** 31);
    expect(await whyNot(path)).toBe("it is larger than 16 MiB");
  });
});

test("a text in UTF-16 or UTF-32 is said to be that, whatever it says; one in another alphabet is read", async () => {
  const path = join(emptyFolder(), "file");
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.constantFrom("utf16le", "swapped", "latin1"),
      async (text, how) => {
        const bytes = Buffer.from(how === "latin1" ? text : `\ufeff${text}`, how === "latin1" ? "latin1" : "utf16le");
        writeFileSync(path, how === "swapped" ? bytes.swap16() : bytes);
        const pieces: FileBytes[] = [];
        for await (const piece of readFileChunks(path)) pieces.push(piece);
        const wide = "it is UTF-16, as PowerShell writes it: save it as UTF-8";
        if (how === "latin1")
          expect([await whyNot(path), pieces.length]).toEqual([`${bytes.length} bytes`, bytes.length > 0 ? 1 : 0]);
        else expect([await whyNot(path), pieces]).toEqual([wide, [{ unreadable: wide }]]);
      },
    ),
    { numRuns: 60, seed: 20201215, examples: [["\u00ff\u00fd", "latin1"]] },
  );
});

test.each([
  ["gzip", gzipSync("a log\n"), "it is compressed (gzip): give what 'zcat' writes"],
  ["zstd", Buffer.from("28b52ffd2006310000610a0a", "hex"), "it is compressed (zstd): give what 'zstdcat' writes"],
  ["xz", Buffer.from("fd377a585a000004e6d6b446", "hex"), "it is compressed (xz): give what 'xzcat' writes"],
  ["bzip2", Buffer.from("BZh91AY&SY"), "it is compressed (bzip2): give what 'bzcat' writes"],
  ["lz4", Buffer.from("04224d18", "hex"), "it is compressed (lz4): give what 'lz4cat' writes"],
  ["a journal", Buffer.from("LPKSHHRH\0\0"), "it is a journal: give what 'journalctl -k --file' writes"],
])("what %s wrote is no text, and is said to be that", async (_what, bytes, why) => {
  const path = join(emptyFolder(), "file");
  writeFileSync(path, bytes);
  const pieces: FileBytes[] = [];
  for await (const piece of readFileChunks(path)) pieces.push(piece);
  expect([await whyNot(path), pieces]).toEqual([why, [{ unreadable: why }]]);
});

describe("what is no regular file", () => {
  test("is refused without waiting for it", async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "folder"));
    makePipe(join(folder, "pipe"));
    const server = createServer().listen(join(folder, "socket"));
    onTestFinished(() => void server.close());
    await once(server, "listening");
    expect(await whyNot(join(folder, "folder"))).toBe("it is a folder");
    expect(await whyNot(join(folder, "pipe"))).toBe("it is a pipe, not a regular file");
    expect(await whyNot(join(folder, "socket"))).toBe("it is a socket, not a regular file");
    for (const device of ["/dev/zero", "/dev/urandom", "/dev/null", "/dev/tty"])
      expect(await whyNot(device)).toBe("it is a device, not a regular file");
  });

  test("is refused behind a link as well", async () => {
    const folder = emptyFolder();
    symlinkSync("/dev/zero", join(folder, "zero"));
    symlinkSync("gone", join(folder, "dangling"));
    symlinkSync("circle", join(folder, "circle"));
    expect(await whyNot(join(folder, "zero"))).toBe("it is a device, not a regular file");
    expect(await whyNot(join(folder, "dangling"))).toBe("it is a link to a file that is not there");
    expect(await whyNot(join(folder, "circle"))).toBe("its links lead in a circle");
  });

  test("and what is not there at all is told in words", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "file"), "");
    expect(await whyNot(join(folder, "gone"))).toBe("there is no such file");
    expect(await whyNot(join(folder, "file", "below"))).toBe("there is no such file");
    expect(await whyNot(join(folder, "x".repeat(5000)))).toBe("its name is too long");
    expect(await whyNot("nul\0")).toMatch(/null bytes/);
  });
});

describe("a program whose disk hangs", () => {
  test("ends when it is told to", async () => {
    const pipe = makePipe(join(emptyFolder(), "pipe"));
    const program = `
      import { open } from "node:fs/promises";
      import { endThoughDiskHangs, tracked } from ${JSON.stringify(new URL("../../server/disk/pending.ts", import.meta.url).href)};
      endThoughDiskHangs();
      void tracked(open(${JSON.stringify(pipe)}, "r"));
      setImmediate(() => process.exit(0));`;
    const hanging = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
      stdio: "inherit",
    });
    expect(await once(hanging, "exit")).toEqual([null, "SIGKILL"]);
  });
});
