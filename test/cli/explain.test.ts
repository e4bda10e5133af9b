import { describe, expect, test } from "vitest";
import { allApis } from "../../server/model/apis.ts";
import { run } from "./_run.ts";

const PLACES = ["process", "softirq", "hardirq", "nmi"];

describe("explain", () => {
  test.each(PLACES)("says nothing twice of any function in %s", async (place) => {
    for (const { name, takesMask, size, takesCache } of allApis()) {
      const flags = takesMask ? ["--flags", "GFP_KERNEL"] : [];
      const sizes = size === "none" || takesCache === true ? [] : ["--size", "80KiB"];
      const { out } = await run(["explain", "--api", name, ...flags, ...sizes, "--context", place]);
      const why = out.split("\nwhy\n")[1]?.split("\n\n")[0] ?? "";
      const said = why.split(/\n(?= {2}\S)/);
      expect([name, said]).toEqual([name, [...new Set(said)]]);
    }
  });

  test("speaks of a mask only where the function takes one", async () => {
    const { out } = await run(["explain", "vmalloc(1 << 20)"]);
    expect(out).toContain("\nvmalloc, 1048576 bytes, from process, on Linux ");
    expect(out).not.toMatch(/^ {2}mask/m);
    expect((await run(["explain", "kmalloc(8, GFP_KERNEL)"])).out).toMatch(/^kmalloc with GFP_KERNEL, 8 bytes/m);
  });
});

describe("decode of what is no number", () => {
  test("names the command that goes the other way", async () => {
    const { status, err } = await run(["decode", "GFP_KERNEL|__GFP_ZERO"]);
    expect({ status, err }).toMatchObject({
      status: 2,
      err: expect.stringContaining("allocpolicy encode 'GFP_KERNEL|__GFP_ZERO'"),
    });
  });
});
