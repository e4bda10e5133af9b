import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defaultWork, parseArguments, RECORD_HELP } from "../../recordings/record/arguments.ts";
import { missingOptions } from "../../recordings/record/build.ts";
import { cpioOf } from "../../recordings/record/cpio.ts";
import { Problem } from "../../recordings/record/problem.ts";
import { run, tailOf } from "../../recordings/record/run.ts";
import { recordCommand } from "../../recordings/record/command.ts";
import { kernelArguments, PARTS } from "../../recordings/record/parts.ts";
import { checkTools, type Host } from "../../recordings/record/toolchain.ts";
import { treeAt, versionsOf } from "../../recordings/record/tree.ts";
import { rowsOf, valuesHeader } from "../../recordings/record/variants.ts";
import { keepPart, keepPartsOf, lock, recordedPart, workIn } from "../../recordings/record/work.ts";

const folder = mkdtempSync(join(tmpdir(), "record-"));
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe("npm run record", () => {
  test("names its parts in its help, and nothing is done", async () => {
    const printed: string[] = [];
    const terminal = {
      cwd: folder,
      print: (text: string) => void printed.push(text),
      signal: new AbortController().signal,
    };
    await recordCommand(["--help"], terminal);
    expect(`${printed.join("\n")}\n`).toBe(RECORD_HELP);
    for (const { name } of PARTS) expect(RECORD_HELP).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  test("takes paths from where the person stands, and const with the parts that are asked for", () => {
    const given = parseArguments(["tree", "--parts", "p4c,p3", "--jobs=3", "--out", "x.jsonl", "--twice"], "/home/me");
    expect(given).toMatchObject({ tree: "/home/me/tree", jobs: 3, out: "/home/me/x.jsonl", twice: true, work: null });
    expect(given?.parts.map(({ name }) => name)).toEqual(["const", "p3", "p4c"]);
  });

  test.each([
    [[], "Give one folder with the source of a kernel"],
    [["a", "b"], "Give one folder with the source of a kernel"],
    [["a", "--colour"], "There is no option --colour"],
    [["a", "--jobs"], "--jobs needs a value"],
    [["a", "--jobs", "0"], '--jobs takes a whole number above 0, not "0"'],
    [["a", "--parts", "p3,p99"], 'There is no part "p99": const, fn,'],
    [["a", "--name", "../x"], "--name is part of a file's name"],
  ])("refuses %j", (words, message) => {
    expect(() => parseArguments(words, "/")).toThrow(message);
  });

  test("names all that is missing and the packages that bring it", () => {
    const host: Host = { arch: "x64", has: (program) => program !== "bc" && program !== "flex", compiles: () => false };
    expect(() => checkTools(host)).toThrow(
      "Not found: flex, bc, libelf.h, a static C library. On Debian and Ubuntu: apt-get install flex bc libelf-dev libc6-dev",
    );
    const bare: Host = { arch: "x64", has: () => false, compiles: () => false };
    expect(() => checkTools(bare)).toThrow(/^Not found: gcc, make, .*qemu-system-x86_64\. /);
    expect(() => checkTools({ ...host, arch: "arm64" })).toThrow("this machine is arm64");
    expect(() => checkTools({ arch: "x64", has: () => true, compiles: () => true })).not.toThrow();
  });
});

describe("a kernel tree", () => {
  const MAKEFILE = "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\nNAME = X\n";

  test("says its release", () => {
    expect(versionsOf(MAKEFILE)).toEqual({ v: "6.12", release: "6.12.117" });
    expect(versionsOf("VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\nEXTRAVERSION = -rc2\n")?.release).toBe("7.3.0-rc2");
    expect(versionsOf("all:\n\tcc\n")).toBeNull();
  });

  test("is told from any other folder", () => {
    expect(() => treeAt(join(folder, "nowhere"))).toThrow("is not there");
    put("other/Makefile", "all:\n");
    expect(() => treeAt(join(folder, "other"))).toThrow("is no Linux source tree: it has no Kconfig");
    for (const place of ["Kconfig", "mm/page_alloc.c", "arch/x86/Makefile", "include/linux/gfp.h"])
      put(`other/${place}`, "");
    expect(() => treeAt(join(folder, "other"))).toThrow("does not begin with VERSION and PATCHLEVEL");
    put("other/Makefile", MAKEFILE);
    expect(treeAt(join(folder, "other"))).toMatchObject({ release: "6.12.117", cmaWantsPlace: true });
    put("other/mm/cma.c", "memblock_alloc_range_nid(size, alignment, SZ_4G, limit);\n");
    expect(treeAt(join(folder, "other")).cmaWantsPlace).toBe(false);
  });

  test("gives the arguments of each part", () => {
    const of = (name: string, wants: boolean): readonly string[] | undefined =>
      PARTS.filter((part) => part.name === name).map((part) => kernelArguments(part, wants))[0];
    expect(of("p3", true)).toEqual([]);
    expect(of("p3r", false)).toEqual(["movablecore=128M"]);
    expect(of("p4", false)).toEqual(["cma=32M", "movablecore=128M"]);
    expect(of("p4c", true)).toEqual(["cma=32M@4G"]);
  });

  test("whose options are not all to be had is found out", () => {
    expect(missingOptions("CONFIG_CMA=y\n# CONFIG_NUMA is not set\n")).toContain("NUMA");
    expect(missingOptions("CONFIG_CMA=y\n")).not.toContain("CMA");
  });

  test("has its flags' values in one of two headers", () => {
    expect(valuesHeader("#include <linux/bits.h>\n#define A 1\n", "")).toBe("\n#define A 1\n");
    const old = "/* before */\n/* Plain integer GFP bitmasks */\n#define A 1\n/* Convert GFP flags */\nint f;\n";
    expect(valuesHeader(null, old)).toBe("/* Plain integer GFP bitmasks */\n#define A 1\n");
    expect(rowsOf("A 0x1\nB 0\n", "6.12", "none")).toEqual([
      { kind: "const_variant", v: "6.12", config: "none", name: "A", hex: "0x1" },
      { kind: "const_variant", v: "6.12", config: "none", name: "B", hex: "0x0" },
    ]);
  });
});

test("the initial file system is the archive that the kernel unpacks", () => {
  const archive = cpioOf([{ name: "init", mode: 0o755, content: Buffer.from("hello") }]).toString("latin1");
  expect(archive.length % 4).toBe(0);
  expect(archive.slice(0, 110)).toBe(
    "070701" +
      "00000001" +
      "000081ED" +
      "0".repeat(16) +
      "00000001" +
      "0".repeat(8) +
      "00000005" +
      "0".repeat(32) +
      "00000005" +
      "0".repeat(8),
  );
  expect(archive.slice(110, 124)).toBe("init\0\0hello\0\0\0");
  expect(archive).toContain("TRAILER!!!");
});

describe("a program that is run", () => {
  const log = join(folder, "program.log");
  const never = new AbortController().signal;

  test("has all that it prints in its log", async () => {
    expect(await run("sh", ["-c", "echo out; echo err >&2; exit 3"], { log, signal: never })).toEqual({
      code: 3,
      signal: null,
    });
    expect(tailOf(log, 1)).toBe("    err");
    expect(tailOf(log, 9)).toBe("    out\n    err");
  });

  test("ends with the command", async () => {
    const ended = new AbortController();
    const running = run("sleep", ["600"], { log, signal: ended.signal });
    ended.abort(new Problem("Ended."));
    await expect(running).rejects.toThrow("Ended.");
    await expect(run("sleep", ["600"], { log, signal: ended.signal })).rejects.toThrow("Ended.");
  });

  test("is named when it is not there", async () => {
    await expect(run("no-such-program", [], { log, signal: never })).rejects.toThrow(
      "no-such-program could not be started",
    );
  });
});

test("a folder belongs to one process at a time, and to nobody once that is gone", () => {
  const work = workIn(join(folder, "locked"));
  const unlock = lock(work);
  put("locked/lock", String(process.ppid));
  expect(() => lock(work)).toThrow(`Process ${process.ppid} records in ${work.folder} already`);
  unlock();
  put("locked/lock", "0");
  expect(() => lock(work)()).not.toThrow();
});

test("a tree has a folder of its own, the same each time", () => {
  expect(defaultWork("/home/me/linux")).toBe(defaultWork("/home/me/linux"));
  expect(defaultWork("/home/me/linux")).not.toBe(defaultWork("/home/you/linux"));
});

describe("a part that was recorded", () => {
  test("is there for the next run, until the kernel is another one", () => {
    const work = workIn(join(folder, "work"));
    expect(keepPartsOf(work, "hash 1")).toBe(false);
    expect(recordedPart(work, "p3", 0)).toBeNull();
    keepPart(work, "p3", 0, [{ id: 1 }]);
    expect(keepPartsOf(work, "hash 1")).toBe(false);
    expect(recordedPart(work, "p3", 0)).toEqual([{ id: 1 }]);
    expect(recordedPart(work, "p3", 1)).toBeNull();
    expect(keepPartsOf(work, "hash 2")).toBe(true);
    expect(recordedPart(work, "p3", 0)).toBeNull();
  });
});
