import { describe, expect, test } from "vitest";
import { kernelTree, lockedCall } from "./_kernel-tree.ts";
import { folderWith, run } from "./_run.ts";

const CODE = `void *one(void)
{
	return kvmalloc(65536, GFP_NOFS);
}

void *two(void)
{
	return kmalloc(64, GFP_NOWAIT);
}

void *same(void)
{
	return kmalloc(64, GFP_KERNEL);
}
`;

describe("diff of C", () => {
  test("says call by call what changes when it is carried to another kernel", async () => {
    const cwd = folderWith(kernelTree({ "fs/own/a.c": CODE }, ["5", "10", "0"]));
    const { out, status } = await run(["diff", "--to", "6.12", "fs"], { cwd });
    expect(out).toMatch(/^fs\/own\/a\.c:3:9: kvmalloc\(65536,GFP_NOFS\) in one\(\)\n( {4}\S.*\n)+/m);
    expect(out).toMatch(/^fs\/own\/a\.c:8:9: kmalloc\(64,GFP_NOWAIT\) in two\(\)\n {4}warns: may -> never\n/m);
    expect(out).toContain("    only 5.10.0: information: GFP_NOWAIT is expected to fail");
    expect(out).not.toContain("same()");
    expect(out).toMatch(/\n3 calls from 5\.10\.0 to 6\.12: 2 change\n$/);
    expect(status).toBe(1);
  });

  test("takes the first kernel from --kernel before that of the tree, and finds nothing between the same", async () => {
    const cwd = folderWith(kernelTree({ "fs/own/a.c": CODE }));
    const { out, status } = await run(["diff", "--kernel", "6.12", "--to", "6.12", "fs/own/a.c"], { cwd });
    expect(out).toBe("3 calls from 6.12 to 6.12: nothing changes\n");
    expect(status).toBe(0);
    expect((await run(["diff", "--kernel", "5.10", "--to", "6.12", "fs/own/a.c"], { cwd })).status).toBe(1);
  });

  test("names the places in which something changes that is the same elsewhere", async () => {
    const code =
      "void *one(gfp_t own)\n{\n\tgfp_t gfp = own_mode ? GFP_KERNEL : GFP_NOWAIT;\n\n\treturn kmalloc(64, gfp);\n}\n";
    const cwd = folderWith({ "a.c": CODE, "b.c": code });
    const told = async (file: string): Promise<string> =>
      (await run(["diff", "--kernel", "6.12", "--to", "7.3", file], { cwd })).out;
    expect(await told("a.c")).toMatch(/in same\(\)\n {4}sleeps, in reclaim: may -> never\n/);
    expect(await told("a.c")).not.toContain("at times");
    expect(await told("b.c")).toContain("    sleeps, at times: may -> never\n");
  });

  test("turns around when the kernels do", async () => {
    const cwd = folderWith({ "a.c": CODE });
    const there = JSON.parse((await run(["diff", "--kernel", "5.10", "--to", "6.12", "a.c", "--json"], { cwd })).out);
    const back = JSON.parse((await run(["diff", "--kernel", "6.12", "--to", "5.10", "a.c", "--json"], { cwd })).out);
    const turned = there.files[0].differences.map(
      (one: { changes: readonly { what: string; from: string; to: string }[]; onlyFrom: object; onlyTo: object }) => ({
        ...one,
        changes: one.changes.map(({ what, from, to }) => ({ what, from: to, to: from })),
        onlyFrom: one.onlyTo,
        onlyTo: one.onlyFrom,
      }),
    );
    expect(back).toEqual({ ...there, from: "6.12", to: "5.10", files: [{ ...there.files[0], differences: turned }] });
  });

  test("says of a function that one of the kernels does not have", async () => {
    const code =
      "void *get(void)\n{\n\treturn kzalloc_node_track_caller(8, GFP_KERNEL, 0);\n}\n\nint set(struct idr *i)\n{\n\treturn kmem_cache_alloc_lru(c, lru, GFP_KERNEL) != NULL;\n}\n";
    const cwd = folderWith({ "a.c": code });
    const { out } = await run(["diff", "--kernel", "5.10", "--to", "6.12", "a.c"], { cwd });
    expect(out).toMatch(/call: no such call in 5\.10 -> judged/);
  });

  test("has the findings that only one of them gives, of a chain through the module too", async () => {
    const cwd = folderWith(kernelTree({ "drivers/a.c": lockedCall("get", "GFP_NOWAIT | __GFP_NOWARN") }));
    const { out } = await run(["diff", "--kernel", "6.1", "--to", "6.12", "drivers"], { cwd });
    expect(out).toContain("only 6.12: hint: GFP_NOWAIT has __GFP_NOWARN already");
  });

  test("has none that both of them give, however severe, and those of no call as well", async () => {
    const freed = "void freed(void)\n{\n\tvoid *p = vmalloc(64);\n\n\tif (p)\n\t\tkfree(p);\n}\n";
    const cwd = folderWith({ "a.c": `${lockedCall("get")}\n${freed}` });
    for (const rule of ["sleep-in-atomic", "mismatched-free"])
      expect((await run(["check", "a.c", "--kernel", "6.1"], { cwd })).out).toContain(rule);
    expect(await run(["diff", "--kernel", "6.1", "--to", "6.12", "a.c"], { cwd })).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^\d calls from 6\.1 to 6\.12: nothing changes\n$/),
    });
  });

  test("without --to says what is missing", async () => {
    const { status, err } = await run(["diff", "a.c"], { cwd: folderWith({ "a.c": CODE }) });
    expect(status).toBe(2);
    expect(err).toContain("--to 6.12");
  });

  test("tells of a file that is not there, and of the others all the same", async () => {
    const cwd = folderWith({ "a.c": CODE });
    const { status, out, err } = await run(["diff", "--kernel", "5.10", "--to", "6.12", "a.c", "b.c"], { cwd });
    expect(status).toBe(2);
    expect(err).toBe("cannot read b.c: there is no such file\n");
    expect(out).toContain("3 calls");
  });
});
