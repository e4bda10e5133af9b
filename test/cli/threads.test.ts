import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkInOrder, slicesOf } from "../../server/cli/check/files.ts";
import { NO_RESULT, type Slice, type SliceResult } from "../../server/cli/check/slice.ts";
import { ALL_REPORTERS } from "../../server/cli/reporters/index.ts";
import { folderWith, run } from "./_run.ts";

const THREAD = new URL("../../server/cli/node.ts", import.meta.url);
const TWO = { cores: 2, thread: THREAD };

/** So many files, some sound and some not, some of which import another. */
function tree(count: number): Readonly<Record<string, string>> {
  const flags = ["GFP_KERNEL", "GFP_ATOMIC", "GFP_KERNEL | __GFP_NOFAIL", "GFP_WRONG"];
  const files = Array.from({ length: count }, (_, at) => {
    const mask = flags[at % flags.length] ?? "";
    const text = `kernel 6.12\nimport "../lib.allocpolicy"\n\nrequest r${at} { api kmalloc  size ${at + 8} B  flags ${mask}  context rx }\n`;
    return [`d${at % 7}/f${at}.allocpolicy`, text] as const;
  });
  return { ...Object.fromEntries(files), "lib.allocpolicy": "context rx { in softirq }\n" };
}

describe("check over several threads", () => {
  test.each(ALL_REPORTERS)("prints in $name what one thread prints, in the same order", async ({ name }) => {
    const cwd = folderWith(tree(260));
    symlinkSync("gone", join(cwd, "d3/gone.allocpolicy"));
    const args = ["check", "--format", name];
    const alone = await run(args, { cwd });
    const together = await run(args, { cwd, ...TWO });
    expect(together).toEqual(alone);
    expect(alone.status).toBe(2);
    expect(alone.err).toBe("cannot read d3/gone.allocpolicy: it is a link to a file that is not there\n");
    expect((await run([...args, "-j", "1"], { cwd, ...TWO })).out).toBe(alone.out);
  });

  test("is at fault, and says so by its exit status, where a thread cannot be started", async () => {
    const cwd = folderWith(tree(260));
    const gone = new URL("./no-such-program.ts", THREAD);
    const { status, err } = await run(["check"], { cwd, cores: 2, thread: gone });
    expect(status).toBe(3);
    expect(err).toContain("internal error");
  });

  test("tells of a file that takes all memory, and what it finds in the others", async () => {
    const cwd = folderWith(tree(110));
    const args = ["check", "--format", "json"];
    const alone = await run(args, { cwd });
    writeFileSync(join(cwd, "d3/heavy.allocpolicy"), "{");
    const thread = new URL("./_small-thread.ts", import.meta.url);
    expect(await run(args, { cwd, cores: 2, thread })).toEqual({
      status: 2,
      out: alone.out,
      err: expect.stringMatching(/^cannot read d3\/heavy.allocpolicy: it takes more memory than there is .+\n$/),
    });
  });

  test("reads what is there when its turn comes: a folder that went away is one message", async () => {
    const cwd = folderWith(tree(8));
    rmSync(join(cwd, "d1"), { recursive: true });
    mkdirSync(join(cwd, "d1"));
    expect((await run(["check", "d1/f1.allocpolicy", "d0"], { cwd })).err).toBe(
      "cannot read d1/f1.allocpolicy: there is no such file\n",
    );
  });
});

describe("slices", () => {
  const unit = (name: string): Slice[number] => [{ path: name, absolutePath: `/${name}`, isNamed: true }];
  const result = (text: string): SliceResult => ({ ...NO_RESULT, text });

  test("are taken in their order, whichever checker is slow, and none runs far ahead", async () => {
    const slices = slicesOf(
      Array.from({ length: 40 }, (_, at) => unit(String(at))),
      1,
    );
    const taken: string[] = [];
    let furthest = 0;
    const checker = (isSlow: boolean) => ({
      check: async (slice: Slice): Promise<SliceResult> => {
        const name = slice[0]?.[0]?.path ?? "";
        furthest = Math.max(furthest, Number(name) - taken.length);
        for (let turn = 0; turn < (isSlow ? 50 : 1); turn++) await Promise.resolve();
        return result(name);
      },
      end: () => undefined,
    });
    await checkInOrder(slices, [checker(true), checker(false), checker(false)], async ({ text }) => {
      taken.push(text);
    });
    expect(taken).toEqual(slices.map((slice) => slice[0]?.[0]?.path));
    expect(furthest).toBeLessThanOrEqual(12);
  });

  test("go on beside a large one for as long as it takes", async () => {
    const large = Array.from({ length: 39 }, (_, at) => unit(`large ${at}`)).flat();
    const slices = slicesOf([large, ...Array.from({ length: 39 }, (_, at) => unit(String(at)))], 1);
    let [done, waited] = [0, 0];
    const checker = {
      check: async (slice: Slice): Promise<SliceResult> => {
        const isLarge = slice[0] === large;
        for (let turn = 0; turn < (isLarge ? 500 : 1); turn++) await Promise.resolve();
        if (isLarge) waited = done;
        else done += 1;
        return result(isLarge ? "large" : (slice[0]?.[0]?.path ?? ""));
      },
      end: () => undefined,
    };
    const taken: string[] = [];
    await checkInOrder(slices, [checker, checker], async ({ text }) => {
      taken.push(text);
    });
    expect(waited).toBeGreaterThan(35);
    expect(taken).toEqual(["large", ...Array.from({ length: 39 }, (_, at) => String(at))]);
  });

  test("hold whole units, and about so many files", () => {
    const pair: Slice[number] = [...unit("a"), ...unit("b")];
    expect(slicesOf([pair, unit("c"), pair, unit("d")], 3)).toEqual([
      [pair, unit("c")],
      [pair, unit("d")],
    ]);
    expect(slicesOf([], 3)).toEqual([]);
  });
});
