import { describe, expect, test } from "vitest";
import { kernelTree } from "./_kernel-tree.ts";
import { folderWith, run } from "./_run.ts";

const POLICY = `kernel 6.12
policy ranges for alloc_contig_range, alloc_contig_pages {
  forbid has __GFP_NOFAIL because "one pinned page holds the caller for ever"
  warn has __GFP_ZERO because "clear it yourself"
  mode fast   when has __GFP_NORETRY { drain none }
  mode normal otherwise              { drain lru | pcp }
}
`;

/** A call, as a function of its own. */
const caller = (name: string, call: string): string =>
  `static int ${name}(unsigned long pfn)\n{\n\treturn ${call};\n}\n`;

async function table(files: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const cwd = folderWith(kernelTree({ "p.allocpolicy": POLICY, ...files }));
  const { status, out, err } = await run(["callers", "p.allocpolicy", ...args, "--json"], { cwd });
  expect(err).toBe("");
  const [first] = JSON.parse(out);
  return { status, ...first };
}

const row = ({ function: name, masks, answer, modes, via }: Record<string, unknown>) => [
  name,
  masks,
  answer,
  modes,
  via,
];

describe("callers of a policy's functions", () => {
  test("that leave the mask out ask with the function's own", async () => {
    const cwd = folderWith(
      kernelTree({
        "p.allocpolicy": "kernel 7.3\npolicy objects for kzalloc_obj { mode normal otherwise { sleeps may } }\n",
        "mm/a.c": caller("plain", "!kzalloc_obj(*dev)"),
      }),
    );
    const { out } = await run(["callers", "p.allocpolicy", "--kernel", "7.3", "--json"], { cwd });
    const [found] = JSON.parse(out);
    expect(found.calls.map(row)).toEqual([["plain", ["GFP_KERNEL"], "taken", ["normal"], []]]);
  });

  test("stand in the table where a macro of their file makes the call, with its mask or theirs", async () => {
    const macros =
      "#define OWN_GET(n, f) alloc_contig_pages((n), (f), 0, NULL)\n#define OWN_NEW(n) alloc_contig_pages(n, GFP_KERNEL | __GFP_NORETRY, 0, NULL)\n";
    const found = await table({
      "mm/a.c": [macros, caller("got", "!OWN_GET(512, GFP_KERNEL)"), caller("made", "!OWN_NEW(512)")].join("\n"),
      // What one file defines is no macro of another.
      "mm/b.c": caller("others", "!OWN_NEW(512, GFP_KERNEL)"),
    });
    expect(found.calls.map(row)).toEqual([
      ["got", ["GFP_KERNEL"], "taken", ["normal"], ["OWN_GET"]],
      ["made", ["GFP_KERNEL | __GFP_NORETRY"], "taken", ["fast"], ["OWN_NEW"]],
    ]);
  });

  test("have the mask that a variable has where they call", async () => {
    const code = (before: string, behind = ""): string =>
      `static int f(bool own)\n{\n\tgfp_t gfp = GFP_KERNEL;\n\tvoid *p;\n\n${before}\tp = alloc_contig_pages(512, gfp, 0, NULL);\n${behind}\treturn !p;\n}\n`;
    const masks = async (text: string): Promise<string> => (await table({ "mm/a.c": text })).calls[0].masks;
    expect(await masks(code("\tgfp |= __GFP_NORETRY;\n"))).toEqual(["GFP_KERNEL | __GFP_NORETRY"]);
    expect(await masks(code("\tgfp = GFP_NOFS;\n", "\tgfp |= __GFP_ZERO;\n"))).toEqual([
      "GFP_NOFS",
      "GFP_NOFS | __GFP_ZERO",
    ]);
    expect(await masks(code("\tif (nic->quick)\n\t\tgfp |= __GFP_NORETRY;\n"))).toEqual([
      "GFP_KERNEL",
      "GFP_KERNEL | __GFP_NORETRY",
    ]);
  });

  test("stand by the mode that each selects, with those that are forbidden", async () => {
    const found = await table({
      "mm/a.c": [
        caller("plain", "alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL)"),
        caller("quick", "alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NORETRY)"),
        caller("stubborn", "alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NOFAIL)"),
        caller("cleared", "alloc_contig_pages(512, GFP_KERNEL | __GFP_ZERO, 0, NULL) != NULL"),
      ].join("\n"),
    });
    expect(found.status).toBe(1);
    expect(found.kernel).toBe("6.12.0");
    expect(found.calls.map(row)).toEqual([
      ["plain", ["GFP_KERNEL"], "taken", ["normal"], []],
      ["quick", ["GFP_KERNEL | __GFP_NORETRY"], "taken", ["fast"], []],
      ["stubborn", ["GFP_KERNEL | __GFP_NOFAIL"], "forbidden", ["normal"], []],
      ["cleared", ["GFP_KERNEL | __GFP_ZERO"], "warned", ["normal"], []],
    ]);
    expect(found.calls[2]).toMatchObject({
      path: "mm/a.c",
      line: 13,
      because: ["one pinned page holds the caller for ever"],
    });
    const fast = found.modes.find(({ name }: { name: string }) => name === "fast");
    expect(fast.notDone.map(({ promise }: { promise: string }) => promise)).toEqual(["drain none"]);
  });

  test("are found through wrappers that hand their mask on, in other files and headers, with what those add", async () => {
    const found = await table({
      "mm/cma.c":
        "struct page *ring_alloc(int n, bool quiet)\n{\n\treturn own_alloc(n, GFP_KERNEL | (quiet ? __GFP_NOWARN : 0));\n}\n" +
        "static struct page *own_alloc(int n, gfp_t gfp)\n{\n\treturn alloc_contig_pages(n, gfp | __GFP_THISNODE, 0, NULL);\n}\n",
      "drivers/a.c":
        "void a(void)\n{\n\tp = ring_alloc(4, true);\n}\nvoid b(bool quiet)\n{\n\tp = ring_alloc(4, quiet);\n}\n",
      "drivers/b.c": "void c(bool any)\n{\n\tp = ring_alloc(4, any && other);\n}\nvoid d(void)\n{\n\tb(false);\n}\n",
      "include/pages.h":
        "static inline struct page *few(gfp_t gfp)\n{\n\treturn alloc_contig_pages_noprof(2, gfp, 0, NULL);\n}\n",
      "drivers/c.c": "void e(void)\n{\n\tgfp_t mask = GFP_KERNEL;\n\tmask |= __GFP_NORETRY;\n\tp = few(mask);\n}\n",
    });
    const both = ["GFP_KERNEL | __GFP_NOWARN | __GFP_THISNODE", "GFP_KERNEL | __GFP_THISNODE"];
    expect(found.calls.map(row)).toEqual([
      ["a", [both[0]], "taken", ["normal"], ["ring_alloc", "own_alloc"]],
      ["c", both, "taken", ["normal"], ["ring_alloc", "own_alloc"]],
      ["d", [both[1]], "taken", ["normal"], ["b", "ring_alloc", "own_alloc"]],
      ["e", expect.arrayContaining(["GFP_KERNEL | __GFP_NORETRY"]), "taken", expect.arrayContaining(["fast"]), ["few"]],
    ]);
    expect(found.wrappers.map(({ function: name }: { function: string }) => name).sort()).toEqual([
      "b",
      "few",
      "own_alloc",
      "ring_alloc",
    ]);
  });

  test("are counted once each, on however many ways they come to the functions", async () => {
    const both = `static int both(unsigned long pfn, gfp_t gfp)
{
	return alloc_contig_range(pfn, pfn + 8, MIGRATE_MOVABLE, gfp) || !alloc_contig_pages(8, gfp, 0, NULL);
}
`;
    const cwd = folderWith(
      kernelTree({ "p.allocpolicy": POLICY, "mm/a.c": `${both}${caller("one", "both(pfn, GFP_KERNEL)")}` }),
    );
    const { out } = await run(["callers", "p.allocpolicy"], { cwd });
    expect(out).toMatch(/: 1 call under Linux 6\.12\.0\n\nmode normal \(1\)\n/);
    expect((await run(["callers", "nowhere.allocpolicy"], { cwd: folderWith({}) })).err).toContain(
      "cannot read nowhere.allocpolicy: there is no such file",
    );
  });

  test("whose mask cannot be read are listed as such, and none is left out", async () => {
    const found = await table({
      "mm/a.c":
        caller("kept", "alloc_contig_range(pfn, pfn + 1, 0, dev->gfp)") +
        caller("asked", "alloc_contig_range(pfn, pfn + 1, 0, mask_of(pfn) | __GFP_NOWARN)"),
      "mm/b.c":
        "static struct page *few(gfp_t gfp)\n{\n\treturn NULL;\n}\nvoid other(void)\n{\n\tp = few(GFP_KERNEL);\n}\n",
    });
    expect(found.calls.map(row)).toEqual([
      ["kept", ["dev->gfp"], "unknown", [], []],
      ["asked", ["mask_of(pfn) | __GFP_NOWARN"], "unknown", [], []],
    ]);
    expect(found.status).toBe(0);
  });

  test("are told as text, by mode, with what the kernel does not do", async () => {
    const cwd = folderWith(
      kernelTree({
        "p.allocpolicy": POLICY,
        "mm/a.c":
          caller("quick", "alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NORETRY)") +
          caller("stubborn", "alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NOFAIL)"),
      }),
    );
    const { out } = await run(["callers", "p.allocpolicy#ranges", "mm"], { cwd });
    expect(out).toContain("ranges for alloc_contig_range, alloc_contig_pages: 2 calls under Linux 6.12.0\n");
    expect(out).toMatch(
      /\nmode fast \(1\)\n {2}promises drain none\n {2}relies on drain none: .*\n {2}mm\/a\.c:3 {2}quick\(\)/,
    );
    expect(out).toMatch(/\nforbidden \(1\)\n {2}mm\/a\.c:7 .*one pinned page holds the caller for ever\n/);
  });

  test.each([
    [["nothing.allocpolicy"], /cannot read nothing\.allocpolicy/],
    [["p.allocpolicy#none"], /p\.allocpolicy has no policy none/],
    [[], /name the file of a policy/],
    [["p.allocpolicy", "--kernel", "1.0", "mm"], /1\.0/],
  ])("%j is told what is wrong", async (args, says) => {
    const cwd = folderWith(kernelTree({ "p.allocpolicy": POLICY, "mm/a.c": "" }));
    const { status, err } = await run(["callers", ...args], { cwd });
    expect(status).toBe(2);
    expect(err).toMatch(says);
  });
});
