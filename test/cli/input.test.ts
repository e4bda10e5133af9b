import { readFileSync, writeFileSync } from "node:fs";
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
