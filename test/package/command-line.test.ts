// The command line as it is built: threads, pipes, the action, and what npm packs.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { inRoot } from "../../scripts/paths.ts";
import { SARIF_LOG, violations } from "../cli/_sarif-schema.ts";

const PROGRAM = inRoot("dist/allocpolicy.cjs");
const folder = mkdtempSync(join(tmpdir(), "allocpolicy-built-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SLEEPER = "kernel 6.12\nrequest rx { api kmalloc  size 64 B  flags GFP_KERNEL  context softirq }\n";

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const environment = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
const ran = (args: readonly string[], options: { readonly cwd?: string; readonly input?: string } = {}) =>
  spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: "utf8",
    cwd: folder,
    env: environment,
    maxBuffer: 1 << 28,
    ...options,
  });

describe("the program", () => {
  test("checks over threads what it checks alone", () => {
    for (let at = 0; at < 300; at += 1) write(`tree/d${at % 5}/f${at}.allocpolicy`, SLEEPER);
    const alone = ran(["check", "-j", "1", "tree"]);
    expect(alone.status).toBe(1);
    expect(alone.stdout).toContain("300 files checked: 300 errors");
    expect(ran(["check", "-j", "3", "tree"])).toMatchObject({ status: 1, stdout: alone.stdout, stderr: "" });
  });

  test("ends quietly when its reader has seen enough, and not with 0", async () => {
    for (let at = 0; at < 300; at += 1)
      write(
        `many/f${at}.allocpolicy`,
        SLEEPER.repeat(20).replace(/rx/g, () => `rx${at}`),
      );
    const child = spawn(process.execPath, [PROGRAM, "check", "--format", "json", "many"], {
      cwd: folder,
      env: environment,
    });
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += String(chunk)));
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect([status, err]).toEqual([141, ""]);
  });

  test("that cannot write says so, which is no fault of its own", () => {
    const full = openSync("/dev/full", "w");
    for (const args of [["rules"], ["check", write("one.allocpolicy", SLEEPER)]]) {
      const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
        encoding: "utf8",
        cwd: folder,
        env: environment,
        stdio: ["ignore", full, "pipe"],
      });
      expect([status, stderr]).toEqual([
        2,
        "allocpolicy: cannot write to standard output: there is no space left on the disk\n",
      ]);
    }
    closeSync(full);
  });

  test("whose user has no home keeps nothing, and does its work, as does the server", () => {
    const cwd = mkdtempSync(join(folder, "homeless-"));
    // As Node does for a user that is a number alone, and has no HOME.
    const unknown =
      "data:text/javascript,import os from 'node:os';import {syncBuiltinESMExports} from 'node:module';os.homedir=()=>{throw new Error('ENOENT')};syncBuiltinESMExports()";
    for (const options of [[], ["--import", unknown]]) {
      const bare = (program: string, args: readonly string[], input = "") =>
        spawnSync(process.execPath, [...options, inRoot("dist", program), ...args], {
          encoding: "utf8",
          cwd,
          env: { PATH: process.env.PATH, HOME: "" },
          input,
        });
      expect(bare("allocpolicy.cjs", ["encode", "GFP_KERNEL", "--kernel", "6.12"])).toMatchObject({
        status: 0,
        stdout: "0xcc0\n",
        stderr: "",
      });
      const said = ["initialize", "shutdown", "exit"].map((method, id) => {
        const body = JSON.stringify({ jsonrpc: "2.0", ...(method === "exit" ? {} : { id }), method, params: {} });
        return `Content-Length: ${body.length}\r\n\r\n${body}`;
      });
      expect(bare("server.js", ["--stdio"], said.join(""))).toMatchObject({ status: 0, stderr: "" });
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([["check", "-"], ["fmt", "-"], ["dmesg", "-"], ["check", "--patch", "-"], ["verdict"], ["lsp", "--stdio"]])(
    "says of standard input that it cannot read it, and why: %s %s",
    (...args) => {
      const written = openSync(join(folder, "written"), "w");
      const opened = openSync(folder, "r");
      const refused = (input: number): readonly unknown[] => {
        const { status, stdout, stderr } = spawnSync(
          process.execPath,
          [PROGRAM, ...args.filter((arg) => arg !== undefined)],
          {
            encoding: "utf8",
            cwd: folder,
            env: environment,
            stdio: [input, "pipe", "pipe"],
          },
        );
        return [status, stdout, stderr];
      };
      const said = expect.stringMatching(/^allocpolicy[a-z ]*: cannot read standard input: .+\n$/);
      expect(refused(written)).toEqual([args[0] === "lsp" ? 1 : 2, "", said]);
      if (args[0] !== "lsp") expect(refused(opened)).toEqual([2, "", expect.stringContaining("it is a folder")]);
      closeSync(written);
      closeSync(opened);
    },
  );

  /** Runs it with other functions of Node: `patch` is a script in which `real` is the module that it changes. */
  const patched = (module: string, patch: string, args: readonly string[], cwd: string) => {
    const script = `import real from ${JSON.stringify(module)};import { EventEmitter } from 'node:events';import { isMainThread } from 'node:worker_threads';import { syncBuiltinESMExports } from 'node:module';${patch};syncBuiltinESMExports()`;
    return spawnSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(script)}`, PROGRAM, ...args],
      { encoding: "utf8", cwd, env: environment },
    );
  };

  test.each(["SIGINT", "SIGTERM", "SIGHUP"])("ends between two files when %s comes while one is written", (signal) => {
    const cwd = mkdtempSync(join(folder, "rough-"));
    for (const name of ["a", "b"]) writeFileSync(join(cwd, `${name}.allocpolicy`), "kernel   6.12\n");
    const patch = `const { renameSync } = real; real.renameSync = (...args) => { process.kill(process.pid, '${signal}'); renameSync(...args); }`;
    expect(patched("node:fs", patch, ["fmt"], cwd)).toMatchObject({ status: null, signal, stderr: "" });
    expect(readdirSync(cwd)).toEqual(["a.allocpolicy", "b.allocpolicy"]);
    const texts = ["a", "b"].map((name) => readFileSync(join(cwd, `${name}.allocpolicy`), "utf8"));
    expect(texts).toEqual(["kernel 6.12\n", "kernel   6.12\n"]);
  });

  test.each([
    ["at once", "constructor() { throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' }); }"],
    [
      "when it should begin",
      "constructor() { super(); queueMicrotask(() => this.emit('error', Object.assign(new Error('EMFILE'), { code: 'ERR_WORKER_INIT_FAILED' }))); } postMessage() {} async terminate() {}",
    ],
  ])("does without threads where the system refuses one %s", (_, body) => {
    const cwd = mkdtempSync(join(folder, "alone-"));
    for (let at = 0; at < 250; at += 1) writeFileSync(join(cwd, `f${at}.allocpolicy`), SLEEPER);
    const { status, stdout } = ran(["check", "-j", "1"], { cwd });
    const patch = `real.Worker = class extends EventEmitter { ${body} }`;
    expect(patched("node:worker_threads", patch, ["check", "-j", "2"], cwd)).toMatchObject({
      status,
      stdout,
      stderr: "",
    });
    expect(status).toBe(1);
  });

  test("whose folder has been removed says so", () => {
    const gone = mkdtempSync(join(folder, "gone-"));
    const { status, stdout, stderr } = spawnSync(
      "/bin/sh",
      ["-c", 'rmdir "$1"; exec "$0" "$2" check', process.execPath, gone, PROGRAM],
      { encoding: "utf8", cwd: gone, env: environment },
    );
    expect([status, stdout, stderr]).toEqual([
      2,
      "",
      "allocpolicy: the current folder cannot be read: there is no such file\n",
    ]);
  });

  test("of which a part is torn ends with the status of a fault of its own, and not as if it had found something", () => {
    const torn = mkdtempSync(join(folder, "torn-"));
    for (const name of ["allocpolicy.cjs", "cli.mjs"])
      writeFileSync(
        join(torn, name),
        readFileSync(inRoot("dist", name)).subarray(0, name === "cli.mjs" ? 500 : undefined),
      );
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(torn, "allocpolicy.cjs"), "rules"], {
      encoding: "utf8",
      env: environment,
    });
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/^allocpolicy: internal error: the program cannot be loaded as a whole; install it anew\n/);
  });

  test("answers a line of verdict while its input stays open", async () => {
    const child = spawn(process.execPath, [PROGRAM, "verdict"], { cwd: folder, env: environment });
    const answer = new Promise<string>((resolve) =>
      child.stdout.once("data", (chunk: Buffer) => resolve(String(chunk))),
    );
    child.stdin.write(`${JSON.stringify({ id: 7, kernel: "6.12", api: "kmalloc", flags: "GFP_KERNEL", size: 64 })}\n`);
    expect(JSON.parse(await answer)).toMatchObject({ id: 7, sleeps: "may" });
    child.stdin.end();
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  });

  test("loads for a mask neither parser nor rules: pieces that others need stay where they are", () => {
    const pieces = (command: string): number => {
      const entry = readFileSync(inRoot("dist/cli.mjs"), "utf8");
      const [, first = ""] = new RegExp(`cli/(${command}-\\w+\\.mjs)`).exec(entry) ?? [];
      const seen = new Set<string>([first]);
      for (const piece of seen) {
        const text = readFileSync(inRoot("dist/cli", piece), "utf8");
        for (const [, name = ""] of text.matchAll(/(?:from|import)"\.\/([\w-]+\.mjs)"/g)) seen.add(name);
      }
      return [...seen].reduce((sum, piece) => sum + statSync(inRoot("dist/cli", piece)).size, 0);
    };
    expect(pieces("decode")).toBeGreaterThan(10_000);
    expect(pieces("decode")).toBeLessThan(150_000);
    expect(pieces("check")).toBeGreaterThan(400_000);
  });
});

describe("the step of action.yml", () => {
  const step = (inputs: Readonly<Record<string, string>>, cwd = folder) =>
    spawnSync("bash", [inRoot("scripts/github-action.sh")], {
      encoding: "utf8",
      cwd,
      env: { ...environment, ...inputs, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}` },
    });

  test("is the one that the action runs, with every input", () => {
    const action = readFileSync(inRoot("action.yml"), "utf8");
    expect(action).toContain('"$GITHUB_ACTION_PATH/scripts/github-action.sh"');
    const inputs = [...action.matchAll(/^ {2}([\w-]+):\n {4}description/gm)].map(([, name = ""]) => name);
    const script = readFileSync(inRoot("scripts/github-action.sh"), "utf8");
    for (const name of inputs) {
      expect(action).toContain(`\${{ inputs.${name} }}`);
      expect(script).toContain(`ALLOCPOLICY_${name.toUpperCase().replace("-", "_")}`);
    }
    expect(inputs.length).toBe(8);
  });

  test("annotates, fails as it was told, and writes SARIF", () => {
    write("action/a b/x.allocpolicy", SLEEPER);
    write("action/y.allocpolicy", "kernel 6.12\n");
    const sarif = join(folder, "out.sarif");
    const paths = "action/a b\n\naction/y.allocpolicy\n";
    const found = step({ ALLOCPOLICY_PATHS: paths, ALLOCPOLICY_SARIF: sarif });
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/^::error file=action\/a b\/x\.allocpolicy,line=2,.*title=sleep-in-atomic::/);
    const log = JSON.parse(readFileSync(sarif, "utf8"));
    expect(violations(SARIF_LOG, log)).toEqual([]);
    expect(log.runs[0].results).toHaveLength(1);
    expect(step({ ALLOCPOLICY_PATHS: paths, ALLOCPOLICY_FAIL_ON: "never" }).status).toBe(0);
    expect(step({ ALLOCPOLICY_PATHS: "action/gone.allocpolicy", ALLOCPOLICY_SARIF: sarif }).status).toBe(2);
    write("known.json", "");
    expect(ran(["check", "--write-baseline", "known.json", "action"]).status).toBe(0);
    expect(step({ ALLOCPOLICY_PATHS: paths, ALLOCPOLICY_BASELINE: "known.json" })).toMatchObject({
      status: 0,
      stdout: "",
    });
  });

  test("checks a part of the files, and what commits cause", () => {
    const git = (...args: readonly string[]): string =>
      execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], {
        cwd: join(folder, "repository"),
        encoding: "utf8",
      });
    const code = (mask: string): string =>
      `#include <linux/slab.h>\nvoid f(struct own *o)\n{\n\tspin_lock(&o->l);\n\to->p = kmalloc(8, ${mask});\n\tspin_unlock(&o->l);\n\tif (!o->p)\n\t\treturn;\n}\n`;
    write("repository/a.c", code("GFP_ATOMIC"));
    git("init", "-q", "-b", "main");
    for (const mask of ["GFP_ATOMIC", "GFP_KERNEL"]) {
      write("repository/a.c", code(mask));
      git("add", "a.c");
      git("commit", "-q", "-m", mask);
    }
    const caused = step({ ALLOCPOLICY_GIT: "HEAD~1...HEAD" }, join(folder, "repository"));
    expect([caused.status, caused.stdout]).toEqual([1, expect.stringMatching(/^::error file=a\.c,line=5,/)]);
    for (let at = 0; at < 4; at += 1) write(`parts/d${at}/x.allocpolicy`, SLEEPER);
    const parts = [1, 2].map((part) => step({ ALLOCPOLICY_PATHS: "parts", ALLOCPOLICY_SHARD: `${part}/2` }).stdout);
    expect(parts.join("").match(/::error/g)).toHaveLength(4);
  });

  test("takes inputs as words, whatever they hold", () => {
    const marker = join(folder, "marker");
    const evil = `$(touch ${marker}) ; touch ${marker} \`touch ${marker}\``;
    for (const input of ["PATHS", "KERNEL", "FAIL_ON", "BASELINE", "GIT", "SHARD"])
      step({ [`ALLOCPOLICY_${input}`]: evil });
    step({ ALLOCPOLICY_PATHS: "--write-baseline\nmarker\naction" });
    expect(() => readFileSync(marker)).toThrow();
  });
});

describe("what npm packs", () => {
  const npm = join(dirname(execFileSync("which", ["npm"], { encoding: "utf8" }).trim()), "npm");
  const pack = (...options: readonly string[]): string =>
    execFileSync(process.execPath, [npm, "pack", ...options], {
      cwd: inRoot(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  const packed: readonly { readonly files: readonly { readonly path: string }[] }[] = JSON.parse(
    pack("--dry-run", "--json", "--ignore-scripts"),
  );
  const paths = packed[0]?.files.map(({ path }) => path) ?? [];

  test("is told by its name alone, which is what pre-commit installs", () => {
    expect(pack("--pack-destination", folder)).toMatch(/^allocpolicy-[\d.]+\.tgz\n$/);
  });

  test("is the command line and the server as built, with licence and notices, and no source", () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "package.json",
        "dist/allocpolicy.cjs",
        "dist/cli.mjs",
        "dist/server.js",
        "dist/server/c.js",
        "dist/server/whole.js",
        "dist/THIRD-PARTY-NOTICES.txt",
        "docs/rules/sleep-in-atomic.md",
      ]),
    );
    expect(
      paths.filter(
        (path) => !/^(?:dist\/.*|docs\/rules\/[\w-]+\.md|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(path),
      ),
    ).toEqual([]);
    expect(paths.filter((path) => /client|matrix/.test(path))).toEqual([]);
  });

  test("runs where nothing else is", () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "allocpolicy-packed-"));
    try {
      for (const path of paths.filter((one) => one.startsWith("dist/"))) {
        mkdirSync(dirname(join(elsewhere, path)), { recursive: true });
        writeFileSync(join(elsewhere, path), readFileSync(inRoot(path)));
      }
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(elsewhere, "dist/allocpolicy.cjs"), "encode", "GFP_KERNEL", "--kernel", "6.12"],
        { encoding: "utf8", env: environment },
      );
      expect([status, stdout]).toEqual([0, "0xcc0\n"]);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
