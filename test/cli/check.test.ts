import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, run } from "./_run.ts";

const SOUND = "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n";
const SLEEPER =
  "kernel 6.12\n\nrequest rx {\n  api     kmalloc\n  size    64 B\n  flags   GFP_KERNEL\n  context softirq\n}\n";
const QUIET_TWICE =
  "kernel 6.12\n\nrequest q {\n  api   alloc_pages\n  order 0\n  flags GFP_NOWAIT | __GFP_NOWARN\n  context softirq\n}\n";

describe("check", () => {
  test("exits 0 and says so when nothing is wrong", async () => {
    const { status, out } = await run(["check"], { cwd: folderWith({ "a.allocpolicy": SOUND }) });
    expect(status).toBe(0);
    expect(out).toBe("1 file checked: nothing to report\n");
  });

  test("prints path, line and column counted from 1, severity, message and rule, and exits 1", async () => {
    const { status, out } = await run(["check", "rx.allocpolicy"], { cwd: folderWith({ "rx.allocpolicy": SLEEPER }) });
    expect(status).toBe(1);
    expect(out).toMatch(/^rx\.allocpolicy:6:11: error: .+ \[sleep-in-atomic\]\n1 file checked: 1 error\n$/);
  });

  test("checks every policy below a folder, in order of name, and leaves node_modules alone", async () => {
    const cwd = folderWith({
      "b/two.allocpolicy": SLEEPER,
      "a/one.allocpolicy": SLEEPER,
      "node_modules/x.allocpolicy": SLEEPER,
      "a/notes.txt": "",
    });
    const { out } = await run(["check"], { cwd });
    expect(out.match(/^\S+\.allocpolicy/gm)).toEqual([join("a", "one.allocpolicy"), join("b", "two.allocpolicy")]);
    expect(out).toContain("2 files checked: 2 errors");
  });

  test("says the same of a file whatever files are checked before it", async () => {
    const files = {
      "bare.allocpolicy": "kernel\n",
      "none.allocpolicy": SLEEPER.replace("kernel 6.12\n", ""),
      "empty.allocpolicy": "",
      "half.allocpolicy": "config { PREEMPT_RT }\n",
    };
    const cwd = folderWith(files);
    const names = Object.keys(files);
    const said = async (order: readonly string[]): Promise<readonly string[]> =>
      (await run(["check", ...order], { cwd })).out.split("\n").filter((line) => line.startsWith("none."));
    const alone = await said(["none.allocpolicy"]);
    expect(alone.join("\n")).toContain("[sleep-in-atomic]");
    for (const first of names) expect(await said([first, ...names])).toEqual(alone);
  });

  test("a warning fails the run only when asked for", async () => {
    const spinning =
      "kernel 6.12\ncontext kswapd { in reclaim }\nrequest r { api kmalloc  size 64 B  flags GFP_KERNEL | __GFP_NOFAIL  context kswapd }\n";
    const cwd = folderWith({ "q.allocpolicy": spinning });
    expect((await run(["check"], { cwd })).status).toBe(0);
    expect((await run(["check", "--fail-on", "warning"], { cwd })).status).toBe(1);
    const hinted = folderWith({ "q.allocpolicy": QUIET_TWICE });
    expect((await run(["check", "--fail-on", "information"], { cwd: hinted })).status).toBe(0);
  });

  test("--kernel takes the place of the header", async () => {
    const cwd = folderWith({ "q.allocpolicy": QUIET_TWICE });
    expect((await run(["check", "--kernel", "6.6"], { cwd })).out).not.toContain("nowait-redundant-nowarn");
    expect((await run(["check", "--kernel", "6.12"], { cwd })).out).toContain("nowait-redundant-nowarn");
  });

  test("imports are read, and reported with the file that they stand in", async () => {
    const contexts = "context rx { in softirq }\n";
    const user =
      'kernel 6.12\nimport "lib/contexts.allocpolicy"\n\nrequest r {\n  api kmalloc\n  size 64 B\n  flags GFP_KERNEL\n  context rx\n}\n';
    const cwd = folderWith({ "user.allocpolicy": user, "lib/contexts.allocpolicy": contexts });
    const { out } = await run(["check", "user.allocpolicy"], { cwd });
    expect(out).toContain("[sleep-in-atomic]");
    expect(out).toContain("1 file checked: 1 error");
  });

  test("a missing import is reported on the import", async () => {
    const cwd = folderWith({ "a.allocpolicy": 'kernel 6.12\nimport "gone.allocpolicy"\n' });
    expect((await run(["check"], { cwd })).out).toMatch(/^a\.allocpolicy:2:8: error: .+ \[import-not-found\]/);
  });

  test("JSON counts lines and characters from 0 and has the shape of the contract", async () => {
    const cwd = folderWith({ "rx.allocpolicy": SLEEPER });
    const { out } = await run(["check", "--format", "json"], { cwd });
    const report: unknown = JSON.parse(out);
    expect(report).toMatchObject({
      version: 1,
      files: [
        {
          path: "rx.allocpolicy",
          findings: [
            {
              rule: "sleep-in-atomic",
              severity: "error",
              declaration: "rx",
              range: { start: { line: 5, character: 10 }, end: { line: 5, character: 20 } },
              kernel: { since: null, until: null },
              source: "kernel",
              related: [],
            },
          ],
        },
      ],
      summary: { error: 1, warning: 0, information: 0, hint: 0 },
    });
    expect(out).toMatch(/"url": "https:\/\/.+sleep-in-atomic/);
  });

  test("counts the expectations that hold, that do not, and that are not decided", async () => {
    const cwd = folderWith({
      "a.allocpolicy": `${SOUND}\nexpect small { sleeps may, oom never }\nexpect nobody { sleeps may }\n`,
      "b.allocpolicy": `${SOUND}\nexpect small { sleeps may }\n`,
    });
    const { status, out } = await run(["check"], { cwd });
    expect(status).toBe(1);
    expect(out).toMatch(/\n2 files checked: 2 errors; 2 expectations hold, 1 does not, 1 not decided\n$/);
    const { summary } = JSON.parse((await run(["check", "--format", "json"], { cwd })).out);
    expect(summary).toEqual({ error: 2, warning: 0, information: 0, hint: 0, expectations: { passed: 2, failed: 1 } });
  });

  test.each(["error", "warning", "information"])(
    "fails at %s where an expectation does not hold, and lets it be where a baseline has it",
    async (level) => {
      const cwd = folderWith({ "a.allocpolicy": `${SOUND}\nexpect small { sleeps never }\n` });
      expect((await run(["check", "--fail-on", level], { cwd })).status).toBe(1);
      expect((await run(["check", "--fail-on", "never"], { cwd })).status).toBe(0);
      await run(["check", "--write-baseline", "known.json"], { cwd });
      expect((await run(["check", "--fail-on", level, "--baseline", "known.json"], { cwd })).status).toBe(0);
    },
  );

  test("GitHub annotations escape what would end them", async () => {
    const cwd = folderWith({ "a,b.allocpolicy": SLEEPER });
    const { out } = await run(["check", "--format", "github"], { cwd });
    expect(out).toMatch(
      /^::error file=a%2Cb\.allocpolicy,line=6,col=11,endLine=6,endColumn=21,title=sleep-in-atomic::.+\n$/,
    );
  });

  test("a fix in JSON, applied to the text, removes its finding", async () => {
    const cwd = folderWith({ "q.allocpolicy": QUIET_TWICE });
    const report = JSON.parse((await run(["check", "--format", "json"], { cwd })).out);
    const finding = report.files[0].findings.find(
      (candidate: { rule: string }) => candidate.rule === "nowait-redundant-nowarn",
    );
    const [edit] = finding.fixes[0].edits;
    const lines = QUIET_TWICE.split("\n");
    const line = lines[edit.range.start.line] ?? "";
    lines[edit.range.start.line] =
      line.slice(0, edit.range.start.character) + edit.text + line.slice(edit.range.end.character);
    const mended = folderWith({ "q.allocpolicy": lines.join("\n") });
    expect((await run(["check", "--fail-on", "warning"], { cwd: mended })).status).toBe(0);
  });

  test.each([
    ["a path that is not there", ["check", "gone.allocpolicy"], "cannot read gone.allocpolicy: there is no such file"],
    ["a folder without policies", ["check", "."], "there is no .c or .allocpolicy file in this folder"],
    ["an unknown format", ["check", "--format", "xml", "."], "there is no format 'xml'"],
    ["an unknown severity", ["check", "--fail-on", "hint", "."], "--fail-on takes error, warning or information"],
    ["an unknown kernel", ["check", "--kernel", "3.10", "."], "3.10"],
    ["an unknown option", ["check", "--colour"], "usage: allocpolicy check"],
  ])("%s exits 2 and says what is wrong on standard error", async (_what, args, message) => {
    const { status, out, err } = await run(args, { cwd: folderWith({ "notes.txt": "" }) });
    expect(status).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
  });
});

describe("fmt", () => {
  const CROOKED = "kernel 6.12\nrequest   r{api kmalloc\nsize 64 B\n  flags GFP_KERNEL}\n";

  test("formats in place, and a second run changes nothing", async () => {
    const cwd = folderWith({ "r.allocpolicy": CROOKED });
    expect((await run(["fmt"], { cwd })).out).toBe("r.allocpolicy\n");
    const once = readFileSync(join(cwd, "r.allocpolicy"), "utf8");
    expect(once).not.toBe(CROOKED);
    expect((await run(["fmt"], { cwd })).out).toBe("");
    expect((await run(["fmt", "--check"], { cwd })).status).toBe(0);
    expect(readFileSync(join(cwd, "r.allocpolicy"), "utf8")).toBe(once);
  });

  test("--check writes nothing and exits 1", async () => {
    const cwd = folderWith({ "r.allocpolicy": CROOKED });
    expect(await run(["fmt", "--check"], { cwd })).toMatchObject({
      status: 1,
      out: "r.allocpolicy is not formatted\n",
    });
    expect(readFileSync(join(cwd, "r.allocpolicy"), "utf8")).toBe(CROOKED);
  });

  test("leaves a damaged file alone and says so", async () => {
    const cwd = folderWith({ "r.allocpolicy": "kernel 6.12\nrequest r { api\n" });
    const { status, err } = await run(["fmt"], { cwd });
    expect(status).toBe(1);
    expect(err).toContain("left alone");
    expect(readFileSync(join(cwd, "r.allocpolicy"), "utf8")).toBe("kernel 6.12\nrequest r { api\n");
  });
});
