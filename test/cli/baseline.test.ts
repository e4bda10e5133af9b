import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makePipe } from "../disk/_folder.ts";
import { folderWith, run } from "./_run.ts";

const request = (name: string, flags: string): string =>
  `request ${name} {\n  api     kmalloc\n  size    64 B\n  flags   ${flags}\n  context softirq\n}\n`;
const OLD = `kernel 6.12\n\n${request("rx", "GFP_KERNEL")}\n${request("tx", "GFP_KERNEL | __GFP_WRONG")}`;
const BASELINE = "known.json";

async function withBaseline(): Promise<string> {
  const cwd = folderWith({ "a/old.allocpolicy": OLD, "b/sound.allocpolicy": "kernel 6.12\n" });
  expect(await run(["check", "--write-baseline", BASELINE], { cwd })).toEqual({
    status: 0,
    out: "known.json: 2 findings of 2 files\n",
    err: "",
  });
  return cwd;
}

const checked = (cwd: string, ...args: readonly string[]) => run(["check", "--baseline", BASELINE, ...args], { cwd });

describe("a baseline", () => {
  test("is written where nothing stands, over another, and over an empty file; what else is there stays", async () => {
    const cwd = await withBaseline();
    const [before, policy] = [readFileSync(join(cwd, BASELINE), "utf8"), join(cwd, "a/old.allocpolicy")];
    const written = (path: string) => run(["check", "--write-baseline", path, "b"], { cwd });
    writeFileSync(join(cwd, "empty"), "");
    for (const path of [BASELINE, "empty", "new.json"]) expect((await written(path)).status).toBe(0);
    expect(readFileSync(join(cwd, BASELINE), "utf8")).not.toBe(before);
    const pipe = makePipe(join(cwd, "pipe"));
    symlinkSync("nowhere", join(cwd, "link"));
    symlinkSync("pipe", join(cwd, "way"));
    for (const [path, why] of [
      ["a/old.allocpolicy", "is no baseline"],
      ["pipe", "cannot write pipe: it is a pipe"],
      ["way", "cannot write way: it is a pipe"],
      ["link", "cannot write link: it is a link to a file that is not there"],
      ["a", "cannot write a: it is a folder"],
      ["gone/new.json", "cannot write gone/new.json: there is no such file"],
    ] as const) {
      const { status, out, err } = await written(path);
      expect([status, out, err]).toEqual([2, "", expect.stringContaining(why)]);
    }
    expect(readFileSync(policy, "utf8")).toBe(OLD);
    expect([lstatSync(pipe).isFIFO(), readdirSync(cwd).sort()]).toEqual([
      true,
      ["a", "b", "empty", BASELINE, "link", "new.json", "pipe", "way"],
    ]);
  });

  test("lets be what it lists, and says how much", async () => {
    const cwd = await withBaseline();
    expect(await checked(cwd)).toEqual({
      status: 0,
      out: "2 files checked: nothing new; 2 of the baseline left out\n",
      err: "",
    });
    expect((await run(["check"], { cwd })).status).toBe(1);
  });

  test("holds when lines move, layout changes and the command runs elsewhere, and has no line in it", async () => {
    const cwd = await withBaseline();
    expect(readFileSync(join(cwd, BASELINE), "utf8")).not.toMatch(/line|character|column/);
    const moved = OLD.replace("\n\n", "\n\n// more\n\nflags MORE = GFP_NOIO\n\n").replaceAll(" | ", "\n    | ");
    writeFileSync(join(cwd, "a/old.allocpolicy"), moved);
    expect((await checked(cwd)).status).toBe(0);
    expect(
      (await run(["check", "--baseline", "../known.json", "old.allocpolicy"], { cwd: join(cwd, "a") })).status,
    ).toBe(0);
    expect((await run(["check", "--baseline", join(cwd, BASELINE), cwd])).status).toBe(0);
  });

  test("reports what is new: another declaration, another text, another file, one more of the same", async () => {
    const cwd = await withBaseline();
    const path = join(cwd, "a/old.allocpolicy");
    for (const [text, rule] of [
      [`${OLD}\n${request("more", "GFP_KERNEL")}`, "sleep-in-atomic"],
      [OLD.replace("flags   GFP_KERNEL\n", "flags   GFP_NOIO\n"), "nofs-is-not-atomic"],
      [OLD.replace("__GFP_WRONG", "__GFP_WRONG | __GFP_WRONG"), "unknown-flag"],
    ] as const) {
      writeFileSync(path, text);
      const { status, out } = await checked(cwd);
      expect(status).toBe(1);
      expect(out).toMatch(
        new RegExp(`^a/old\\.allocpolicy:\\d+:\\d+: error: .* \\[${rule}\\]\n2 files checked: 1 error; `),
      );
    }
    writeFileSync(path, OLD);
    writeFileSync(join(cwd, "b/sound.allocpolicy"), OLD);
    expect((await checked(cwd)).out).toContain("2 files checked: 2 errors; 2 of the baseline left out");
  });

  test("is said to be too long when findings are gone", async () => {
    const cwd = await withBaseline();
    writeFileSync(join(cwd, "a/old.allocpolicy"), OLD.replace(" | __GFP_WRONG", ""));
    const { status, err } = await checked(cwd);
    expect([status, err]).toEqual([1, "1 of the baseline is gone: write it anew\n"]);
  });

  test.each(["json", "sarif", "github"])("works in %s", async (format) => {
    const cwd = await withBaseline();
    const { status, out } = await checked(cwd, "--format", format);
    expect(status).toBe(0);
    expect(out).not.toContain("sleep-in-atomic::");
    if (format === "json") expect(JSON.parse(out).summary).toMatchObject({ error: 0, known: 2 });
    if (format === "sarif") expect(JSON.parse(out).runs[0].results).toEqual([]);
  });

  test.each([
    ["is missing", null, "cannot read the baseline known.json: there is no such file"],
    ["is something else", "{}", "known.json is no baseline"],
    ["is no JSON", "kernel 6.12", "known.json is no baseline"],
    ["is of another version", '{"version":2,"findings":[]}', "known.json is no baseline"],
    ["is a list", "[]", "known.json is no baseline"],
    ["has no findings", '{"version":1}', "known.json is no baseline"],
    ["has an entry that is none", '{"version":1,"findings":[null]}', "known.json is no baseline"],
  ])("that %s is refused", async (_what, text, message) => {
    const cwd = folderWith({ "a.allocpolicy": OLD, ...(text === null ? {} : { [BASELINE]: text }) });
    const { status, out, err } = await checked(cwd);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });

  test.each([
    ["rule", 1],
    ["path", null],
    ["declaration", 0],
    ["text", undefined],
    ["count", "1"],
    ["count", 0],
    ["count", -1],
    ["count", 0.5],
  ])("with an entry whose %s is %s is refused", async (field, value) => {
    const entry = { path: "a.allocpolicy", rule: "sleep-in-atomic", declaration: null, text: "x", count: 1 };
    const baseline = (findings: object): string => JSON.stringify({ version: 1, findings: [findings] });
    const cwd = folderWith({ "a.allocpolicy": "kernel 6.12\n", [BASELINE]: baseline(entry) });
    expect((await checked(cwd)).status).toBe(0);
    writeFileSync(join(cwd, BASELINE), baseline({ ...entry, [field]: value }));
    const { status, err } = await checked(cwd);
    expect([status, err]).toEqual([2, expect.stringContaining("known.json is no baseline")]);
  });
});
