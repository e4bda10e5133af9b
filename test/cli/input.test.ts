import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, run } from "./_run.ts";

const WIDE = "kernel   6.12\nrequest rx { api kmalloc size 64 flags GFP_KERNEL context rx_ring }\n";

describe("standard input, as `-`", () => {
  test("is checked as if it stood in the current folder", async () => {
    const cwd = folderWith({ "contexts.allocpolicy": "context rx_ring { in softirq }\n" });
    const { status, out } = await run(["check", "-"], {
      cwd,
      input: ['import "contexts.allocpolicy"\n', WIDE.replace("kernel   6.12\n", "")],
    });
    expect(out).toMatch(/^<stdin>:2:\d+: error: .+ \[sleep-in-atomic\]$/m);
    expect(status).toBe(1);
  });

  test("is refused when it is larger than files may be, with what it is, and none of it is held", async () => {
    let asked = 0;
    function* input(): Generator<string> {
      for (; asked < 100; asked += 1) yield "é".repeat(1 << 19);
    }
    for (const args of [
      ["check", "-"],
      ["fmt", "-"],
      ["check", "--patch", "-"],
    ]) {
      asked = 0;
      expect(await run(args, { input: input() })).toEqual({
        status: 2,
        out: "",
        err: `allocpolicy ${args[0]}: cannot read standard input: it is larger than 16 MiB\n`,
      });
      expect(asked).toBe(16);
    }
  });

  test("is formatted to standard output, and left as it is where it has syntax errors", async () => {
    expect(await run(["fmt", "-"], { input: [WIDE.slice(0, 20), WIDE.slice(20)] })).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^kernel 6\.12\nrequest rx \{\n {2}api /),
    });
    expect(await run(["fmt", "-"], { input: ["request {"] })).toMatchObject({ status: 1, out: "request {" });
    expect(await run(["fmt", "--check", "-"], { input: [WIDE] })).toMatchObject({
      status: 1,
      out: "<stdin> is not formatted\n",
    });
  });
});

describe("what is named on the command line", () => {
  test.each(["baseline", "write-baseline", "patch", "cache", "policy"])(
    "by an option of check that is given an empty name, is refused: --%s",
    async (option) => {
      const cwd = folderWith({ "a.allocpolicy": WIDE, "a.c": "int a;\n" });
      expect(await run(["check", `--${option}`, ""], { cwd })).toEqual({
        status: 2,
        out: "",
        err: `allocpolicy check: --${option}: an empty name is no file or folder\n`,
      });
    },
  );

  test.each(["check", "fmt", "callers"])(
    "by nothing, as a variable that is not set, is refused by %s",
    async (name) => {
      const cwd = folderWith({ "a.allocpolicy": WIDE });
      const { status, err } = await run([name, ...(name === "callers" ? ["a.allocpolicy"] : []), ""], { cwd });
      expect([status, err]).toEqual([2, `allocpolicy ${name}: an empty name is no file; the current folder is .\n`]);
      expect(readFileSync(join(cwd, "a.allocpolicy"), "utf8")).toBe(WIDE);
    },
  );

  test.each(["check", "fmt"])("and is a folder without files does not keep %s from the others", async (name) => {
    const cwd = folderWith({ "a.allocpolicy": WIDE, "empty/x.txt": "" });
    const { status, err, out } = await run([name, "empty", "a.allocpolicy"], { cwd });
    expect([status, err]).toEqual([2, expect.stringMatching(/^there is no .*\.allocpolicy file in empty\n$/)]);
    expect(out).toMatch(/^a\.allocpolicy/);
  });

  test("and cannot be asked for, since its name is not UTF-8, is said to be that", async () => {
    const cwd = folderWith({});
    writeFileSync(Buffer.concat([Buffer.from(`${cwd}/caf`), Buffer.from([0xe9]), Buffer.from(".allocpolicy")]), WIDE);
    const { status, err } = await run(["check"], { cwd });
    expect([status, err]).toEqual([2, expect.stringContaining("or its name is not UTF-8")]);
  });
});

describe("a file that is not UTF-8", () => {
  test("is checked, and never written by fmt", async () => {
    const cwd = folderWith({});
    const bytes = Buffer.concat([Buffer.from("// caf"), Buffer.from([0xe9]), Buffer.from(`\n${WIDE}`)]);
    writeFileSync(join(cwd, "latin.allocpolicy"), bytes);
    expect((await run(["check", "latin.allocpolicy"], { cwd })).status).toBe(1);
    const { status, err } = await run(["fmt", "latin.allocpolicy"], { cwd });
    expect([status, err]).toEqual([1, "latin.allocpolicy: left alone: it is not UTF-8\n"]);
    expect(readFileSync(join(cwd, "latin.allocpolicy")).equals(bytes)).toBe(true);
  });
});

describe("a tree with something in it that is no policy to read", () => {
  const SOUND = "kernel 6.12\n";

  test("is checked but for that, which is told, and exits 2", async () => {
    const cwd = folderWith({
      "a.allocpolicy": SOUND,
      "folder.allocpolicy/inside.allocpolicy": SOUND,
      "z.allocpolicy": `${WIDE.replace("rx_ring", "softirq")}`,
    });
    execFileSync("mkfifo", [join(cwd, "pipe.allocpolicy")]);
    symlinkSync("gone", join(cwd, "dangling.allocpolicy"));
    symlinkSync("/dev/zero", join(cwd, "zero.allocpolicy"));
    symlinkSync("user@host.1234:5678", join(cwd, ".#z.allocpolicy"));
    writeFileSync(join(cwd, "vast.allocpolicy"), "");
    truncateSync(join(cwd, "vast.allocpolicy"), 2 ** 31);
    const { status, out, err } = await run(["check"], { cwd });
    expect(status).toBe(2);
    expect(out).toMatch(/^z\.allocpolicy:\d+:\d+: error: .+ \[sleep-in-atomic\]$/m);
    expect(out).toContain("3 files checked");
    expect(err.trimEnd().split("\n")).toEqual([
      "cannot read dangling.allocpolicy: it is a link to a file that is not there",
      "cannot read pipe.allocpolicy: it is a pipe, not a regular file",
      "cannot read vast.allocpolicy: it is larger than 16 MiB",
      "cannot read zero.allocpolicy: it is a device, not a regular file",
    ]);
  });

  test("is formatted but for that", async () => {
    const cwd = folderWith({ "a.allocpolicy": WIDE, "c.allocpolicy": WIDE });
    symlinkSync("gone", join(cwd, "b.allocpolicy"));
    expect(await run(["fmt"], { cwd })).toEqual({
      status: 2,
      out: "a.allocpolicy\nc.allocpolicy\n",
      err: "cannot read b.allocpolicy: it is a link to a file that is not there\n",
    });
  });

  test("is refused when nothing of it can be read", async () => {
    const cwd = folderWith({});
    symlinkSync("gone", join(cwd, "a.allocpolicy"));
    symlinkSync("gone", join(cwd, "b.allocpolicy"));
    const { status, out, err } = await run(["check"], { cwd });
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(/a\.allocpolicy: .+\n.+b\.allocpolicy: .+\nallocpolicy check: no file could be read\n$/);
  });

  test.each([
    ["check", []],
    ["fmt", []],
    ["fmt", ["--check"]],
    ["simulate", []],
  ])("and a pipe that is named is refused by %s, not waited for", async (command, options) => {
    const cwd = folderWith({});
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    const { status, err } = await run([command, ...options, "pipe"], { cwd });
    expect([status, err]).toEqual([2, `allocpolicy ${command}: cannot read pipe: it is a pipe, not a regular file\n`]);
  });
});

describe("what a file imports on the command line", () => {
  const importing = (path: string): string => `kernel 6.12\nimport "${path}"\n`;
  const said = async (cwd: string, ...args: readonly string[]): Promise<string> =>
    (await run(["check", ...args], { cwd })).out;

  test("is a file of the git work tree, wherever the command runs", async () => {
    const cwd = folderWith({
      ".git/HEAD": "",
      "drivers/net/a.allocpolicy": importing("../../policies/lib.allocpolicy"),
      "policies/lib.allocpolicy": "kernel 6.12\n",
    });
    for (const [folder, ...args] of [
      ["."],
      [".", "drivers"],
      [".", "drivers/net/a.allocpolicy"],
      ["drivers/net"],
      ["policies", "../drivers"],
    ])
      expect(await said(join(cwd, folder ?? ""), ...args)).not.toContain("import-");
    for (const path of ["../../../lib.allocpolicy", "/etc/passwd", "/dev/zero"]) {
      writeFileSync(join(cwd, "drivers/net/a.allocpolicy"), importing(path));
      expect(await said(cwd, "drivers")).toContain("[import-outside]");
    }
  });

  test("is a file of the current folder, or of the folder that is named, where there is no git", async () => {
    const cwd = folderWith({
      "a/x.allocpolicy": importing("../b/lib.allocpolicy"),
      "b/lib.allocpolicy": "kernel 6.12\n",
    });
    expect(await said(cwd, "a")).not.toContain("import-");
    expect(await said(join(cwd, "a"))).toContain("[import-outside]");
    expect(await said(join(cwd, "b"), "../a")).toContain("[import-outside]");
  });

  test("is read if it is a regular file, and else said to be what it is", async () => {
    const cwd = folderWith({ "a.allocpolicy": importing("pipe") });
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    expect(await said(cwd)).toMatch(
      /^a\.allocpolicy:2:8: error: pipe cannot be read: it is a pipe.+\[import-not-found\]$/m,
    );
    writeFileSync(join(cwd, "a.allocpolicy"), importing("zero"));
    symlinkSync("/dev/zero", join(cwd, "zero"));
    expect(await said(cwd)).toMatch(/zero cannot be read: it is a device.+\[import-not-found\]$/m);
  });
});
