import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { boundCache, cacheAt } from "../../server/cli/check/findings-cache.ts";
import { kernelTree, lockedCall, TWO_FILES } from "./_kernel-tree.ts";
import { folderWith, run, sarifResults } from "./_run.ts";

const INCLUDE = "#include <linux/slab.h>\n\n";

describe("check of C", () => {
  test("prints a finding as compilers do, and the lines that prove it as their notes", async () => {
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("a_get") }));
    const { status, out } = await run(["check", "drivers/a.c"], { cwd });
    const [first = "", note = "", ...rest] = out.split("\n");
    expect(first).toMatch(/^drivers\/a\.c:6:18: error: .*\[sleep-in-atomic\]$/);
    expect(note).toMatch(/^drivers\/a\.c:5:2: note: spin_lock\(&o->lock\) in a_get\(\)$/);
    expect(rest).toEqual(["1 file checked: 1 error", ""]);
    expect(status).toBe(1);
  });

  test("links the files of a module below a folder, and judges alone what is named", async () => {
    const cwd = folderWith(kernelTree(TWO_FILES));
    const together = await run(["check", "drivers"], { cwd });
    expect(together.out).toMatch(/^drivers\/net\/own\/ring\.c:5:\d+: warning: .*\[sleep-in-atomic\]$/m);
    expect(together.out).toMatch(/^drivers\/net\/own\/main\.c:5:2: note: spin_lock/m);
    const alone = await run(["check", "drivers/net/own/ring.c"], { cwd });
    expect(alone.out).toBe("1 file checked: nothing to report\n");
    const linked = await run(["check", "--link", "module", "drivers/net/own/ring.c"], { cwd });
    expect(linked.out.split("\n")[0]).toBe(together.out.split("\n")[0]);
    expect((await run(["check", "--link", "file", "drivers"], { cwd })).out).toBe(
      "2 files checked: nothing to report\n",
    );
  });

  test("prints what docs/c.md says", async () => {
    const guide = readFileSync(new URL("../../docs/c.md", import.meta.url), "utf8");
    const [, said = ""] = /```\n(drivers\/[\s\S]*?)```/.exec(guide) ?? [];
    const { out } = await run(["check", "drivers"], { cwd: folderWith(kernelTree(TWO_FILES)) });
    expect(out).toBe(`${said}2 files checked: 1 warning\n`);
  });

  test("finds in part of a module what it finds there in all of it", async () => {
    const sub = {
      "drivers/own/Makefile": "obj-m += own.o\nown-y := main.o sub/ring.o\n",
      "drivers/own/main.c": TWO_FILES["drivers/net/own/main.c"] ?? "",
      "drivers/own/sub/ring.c": TWO_FILES["drivers/net/own/ring.c"] ?? "",
    };
    const cwd = folderWith(kernelTree(sub));
    const { out } = await run(["check", "drivers/own/sub"], { cwd });
    expect(out).toContain("drivers/own/sub/ring.c:5:");
    expect(out).toContain("1 file checked");
  });

  test("leaves out what is less sure than is asked for", async () => {
    const cwd = folderWith(kernelTree(TWO_FILES));
    expect((await run(["check", "--confidence", "likely"], { cwd })).out).toBe("2 files checked: nothing to report\n");
    expect((await run(["check", "--confidence", "sure"], { cwd })).err).toContain("there is no confidence 'sure'");
  });

  test("reads policies beside C in one run", async () => {
    const cwd = folderWith(
      kernelTree({ "drivers/a.c": lockedCall("a_get"), "a.allocpolicy": "kernel 6.12\n\nrequest r { api kmaloc }\n" }),
    );
    const { out } = await run(["check"], { cwd });
    expect(out).toContain("a.allocpolicy:3:");
    expect(out).toContain("drivers/a.c:6:18");
    expect(out).toContain("2 files checked");
  });

  test("outside of a kernel tree takes what includes linux/gfp.h or linux/slab.h or names a flag, and what is named", async () => {
    const cwd = folderWith({
      "lib.c": "void lib_put(void *p)\n{\n\tkfree(p);\n}\n",
      "flag.c": lockedCall("flag_get"),
      "driver.c": INCLUDE + lockedCall("driver_get"),
      "other.h": lockedCall("other_get"),
    });
    const { out } = await run(["check"], { cwd });
    expect(out.match(/^[\w.]+(?=:\d+:\d+: error)/gm)).toEqual(["driver.c", "flag.c"]);
    expect(out).toContain("2 files checked");
    expect((await run(["check", "lib.c", "other.h"], { cwd })).out).toContain("2 files checked: 1 error");
  });

  test("says so where all that there is was passed over", async () => {
    const { out, err, status } = await run(["check"], {
      cwd: folderWith({ "main.c": "int main(void) { return 0; }\n" }),
    });
    expect(out).toBe("0 files checked: nothing to report\n");
    expect(err).toContain("nothing was checked: the C here stands in no kernel tree");
    expect(status).toBe(0);
  });
});

describe("the kernel of C", () => {
  const call = "void *get(void)\n{\n\treturn kvmalloc(65536, GFP_NOFS);\n}\n";

  test("is the version that the tree's Makefile says, and --kernel says another", async () => {
    const told = async (version: readonly [string, string, string], ...args: string[]): Promise<string> =>
      (await run(["check", ...args], { cwd: folderWith(kernelTree({ "fs/a.c": call }, version)) })).out;
    const [old, later] = [await told(["5", "10", "0"]), await told(["6", "12", "0"])];
    expect(old).not.toBe(later);
    expect(await told(["6", "12", "0"], "--kernel", "5.10")).toBe(old);
    expect(await told(["5", "10", "0"], "--kernel", "5.10,6.12")).toContain("fs/a.c");
  });

  test("has the options of its .config, also for #ifdef", async () => {
    const code = `#ifdef CONFIG_OWN\n${lockedCall("own_get")}#endif\n`;
    const found = async (config: Readonly<Record<string, string>>): Promise<string> =>
      (await run(["check", "drivers/a.c"], { cwd: folderWith(kernelTree({ "drivers/a.c": code, ...config })) })).out;
    expect(await found({})).toContain("1 error");
    expect(await found({ ".config": "CONFIG_OWN=m\n" })).toContain("1 error");
    expect(await found({ ".config": "CONFIG_OTHER=y\n" })).toContain("nothing to report");
    expect(await found({ "include/config/auto.conf": "CONFIG_OTHER=y\n" })).toContain("nothing to report");
  });

  test("that the model does not know is said once, with what to do", async () => {
    const cwd = folderWith(kernelTree({ "fs/a.c": call, "fs/b.c": call }, ["2", "4", "0"]));
    const { status, err } = await run(["check", "fs"], { cwd });
    expect(status).toBe(2);
    expect(err).toContain("--kernel says as which");
    expect((await run(["check", "--kernel", "6.12", "fs"], { cwd })).status).toBe(0);
  });
});

describe("waivers in C", () => {
  const waived = lockedCall("a_get").replace(
    "\tp =",
    '\t/* allocpolicy: waive sleep-in-atomic because "it never runs" */\n\tp =',
  );

  test("silence what they name, and are reported where they silence nothing", async () => {
    const cwd = folderWith(
      kernelTree({ "drivers/a.c": waived, "drivers/b.c": waived.replace("GFP_KERNEL", "GFP_ATOMIC") }),
    );
    const { out, status } = await run(["check", "drivers"], { cwd });
    expect(out).toMatch(/^drivers\/b\.c:6:2: warning: .*\[unused-waiver\]\n2 files checked: 1 warning\n$/);
    expect(status).toBe(0);
  });

  test("are used where what they silence is less sure than is asked for", async () => {
    const ring = (TWO_FILES["drivers/net/own/ring.c"] ?? "").replace(
      "\to->ring",
      '\t// allocpolicy: waive sleep-in-atomic because "the lock is a mutex"\n\to->ring',
    );
    const cwd = folderWith(kernelTree({ ...TWO_FILES, "drivers/net/own/ring.c": ring }));
    for (const args of [[], ["--confidence", "certain"], ["--link", "file"]])
      expect((await run(["check", ...args], { cwd })).out).toBe("2 files checked: nothing to report\n");
  });

  test("without a reason are errors", async () => {
    const cwd = folderWith(kernelTree({ "a.c": "/* allocpolicy: waive sleep-in-atomic */\nint x;\n" }));
    expect((await run(["check", "a.c"], { cwd })).out).toContain("a.c:1:1: error: This waives nothing");
  });
});

describe("what other programs read of C", () => {
  test("JSON has the confidence, the call and the steps", async () => {
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("a_get") }));
    const { out } = await run(["check", "--format", "json", "drivers"], { cwd });
    expect(JSON.parse(out).files[0].findings[0]).toMatchObject({
      rule: "sleep-in-atomic",
      declaration: "a_get",
      confidence: "certain",
      call: "kmalloc(64,GFP_KERNEL)",
      steps: [{ path: "drivers/a.c", range: { start: { line: 4, character: 1 } } }],
    });
  });

  test("SARIF has the way as a code flow that ends at the call, GitHub has it in the message", async () => {
    const cwd = folderWith(kernelTree(TWO_FILES));
    const { out } = await run(["check", "--format", "sarif"], { cwd });
    const [result] = JSON.parse(out).runs[0].results;
    const steps = result.codeFlows[0].threadFlows[0].locations;
    expect(steps.map((step: { location: { message: { text: string } } }) => step.location.message.text)).toEqual([
      "spin_lock(&o->lock) in own_refill()",
      "own_refill() calls own_ring_grow()",
      expect.stringContaining("may sleep"),
    ]);
    const github = await run(["check", "--format", "github"], { cwd });
    expect(github.out).toContain("%0Adrivers/net/own/main.c:5: spin_lock(&o->lock) in own_refill()");
  });

  test("a baseline knows a call again by its rule, file, function and text, wherever it moves", async () => {
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("a_get") }));
    await run(["check", "--write-baseline", "base.json"], { cwd });
    const entry = { rule: "sleep-in-atomic", declaration: "a_get", text: "kmalloc(64,GFP_KERNEL)", count: 1 };
    expect(JSON.parse(readFileSync(join(cwd, "base.json"), "utf8")).findings).toMatchObject([entry]);
    writeFileSync(join(cwd, "drivers/a.c"), `int x;\n\n${lockedCall("a_get").replace("(64, ", "( 64,\n\t\t")}`);
    expect((await run(["check", "--baseline", "base.json"], { cwd })).out).toContain("nothing new");
    writeFileSync(join(cwd, "drivers/a.c"), lockedCall("b_get"));
    expect((await run(["check", "--baseline", "base.json"], { cwd })).out).toContain("1 error");
  });
});

describe("shards", () => {
  test.each(["0/2", "3/2", "1", "a/b", "1/0", "1/2/3"])("are not %s", async (text) => {
    const { status, err } = await run(["check", "--shard", text], { cwd: folderWith({ "a.c": "" }) });
    expect(status).toBe(2);
    expect(err).toContain("--shard takes which part of how many");
  });
});

describe("the cache", () => {
  const filesIn = (folder: string): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => !/\/..$|^c$/.test(name));

  test("is read the second time, by kernel and options", async () => {
    const cacheFolder = folderWith({});
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("a_get") }));
    await sarifResults([], cwd, cacheFolder);
    const [kept = ""] = filesIn(cacheFolder);
    const path = join(cacheFolder, kept);
    const before = readFileSync(path, "utf8");
    await sarifResults([], cwd, cacheFolder);
    expect(readFileSync(path, "utf8")).toBe(before);
    await sarifResults(["--kernel", "6.1"], cwd, cacheFolder);
    expect(readFileSync(path, "utf8")).not.toBe(before);
    expect(filesIn(cacheFolder)).toEqual([kept]);
  });

  test("that is torn or foreign is as if it were not there", async () => {
    const cacheFolder = folderWith({});
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("a_get") }));
    const fresh = await sarifResults([], cwd);
    for (const spoil of [
      (path: string) => truncateSync(path, 100),
      (path: string) => truncateSync(path, 0),
      (path: string) => writeFileSync(path, "0\n[]"),
      (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace("sleep-in-atomic", "sleep_in_atomic")),
    ]) {
      await sarifResults([], cwd, cacheFolder);
      for (const name of filesIn(cacheFolder)) spoil(join(cacheFolder, name));
      expect(await sarifResults([], cwd, cacheFolder)).toEqual(fresh);
    }
  });

  test("is read by the program that wrote it alone: two that share a folder find their own again", () => {
    const cacheFolder = folderWith({});
    const path = join(cacheFolder, "c");
    const tree = { root: null, kernels: [], build: { options: null } };
    const found = (program: string, find: () => never[]): void => {
      const segment = cacheAt({ path, program }).open("drivers/net");
      segment.remembered([{ path: "a.c", text: "" }], [], tree, false, () => [find()]);
      segment.close();
    };
    const asked: string[] = [];
    for (const program of ["old", "new", "old", "new"])
      found(program, () => {
        asked.push(program);
        return [];
      });
    expect(asked).toEqual(["old", "new"]);
    expect(filesIn(cacheFolder)).toHaveLength(2);
  });

  test("that cannot be written costs nothing but time", async () => {
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("a_get") }));
    const blocked = join(folderWith({ file: "" }), "file");
    expect(await sarifResults([], cwd, blocked)).toEqual(await sarifResults([], cwd));
  });

  test("is bounded: what was kept longest ago goes first", () => {
    const folder = folderWith({ "c/00/a": "x".repeat(600), "c/01/b": "x".repeat(600), "c/02/c": "x".repeat(300) });
    utimesSync(join(folder, "c/00/a"), 3, 3);
    utimesSync(join(folder, "c/01/b"), 1, 1);
    utimesSync(join(folder, "c/02/c"), 2, 2);
    boundCache(join(folder, "c"), 1000);
    expect(
      readdirSync(join(folder, "c"), { recursive: true, encoding: "utf8" })
        .filter((name) => /\/./.test(name))
        .sort(),
    ).toEqual(["00/a", "02/c"]);
    expect(() => boundCache(join(folder, "nowhere"))).not.toThrow();
  });

  test("is not asked about policies", async () => {
    const cwd = folderWith({ "a.allocpolicy": "kernel 6.12\n" });
    await run(["check"], { cwd, cacheFolder: join(cwd, "kept") });
    expect(readdirSync(cwd)).toEqual(["a.allocpolicy"]);
  });

  test("that was asked for and cannot be kept is told, and changes nothing else", async () => {
    const files = kernelTree({ "drivers/a.c": lockedCall("a_get") });
    const cwd = folderWith({ ...files, file: "", "kept/c": "" });
    const { status, out } = await run(["check", "--no-cache"], { cwd });
    for (const folder of ["file", "file/below", "/proc/no/such"])
      expect(await run(["check", "--cache", folder], { cwd })).toEqual({
        status,
        out,
        err: `nothing is kept in ${folder}: it is no folder that can be made and written\n`,
      });
    expect(await run(["check", "--cache", "new/folder"], { cwd })).toEqual({ status, out, err: "" });
    expect(
      await run(["check", "--cache", "file", "."], { cwd: folderWith({ "a.allocpolicy": "", file: "" }) }),
    ).toEqual(expect.objectContaining({ err: "" }));
  });

  test("lies where --cache says, and nowhere with --no-cache", async () => {
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("a_get") }));
    const cacheFolder = join(cwd, "unused");
    await run(["check", "--no-cache"], { cwd, cacheFolder });
    await run(["check", "--cache", ".kept"], { cwd, cacheFolder });
    expect(readdirSync(cwd)).not.toContain("unused");
    expect(filesIn(join(cwd, ".kept"))).toHaveLength(1);
  });
});
