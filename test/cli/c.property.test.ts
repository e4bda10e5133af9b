import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelTree } from "./_kernel-tree.ts";
import { folderWith, sarifResults } from "./_run.ts";

const file = fc.record({
  folder: fc.constantFrom("drivers/a", "drivers/a/sub", "drivers/b", "fs", "net/c"),
  name: fc.constantFrom("main", "ring", "other"),
  mask: fc.constantFrom("GFP_KERNEL", "GFP_ATOMIC", "GFP_KERNEL | __GFP_NOFAIL"),
  calls: fc.constantFrom("main", "ring", "other"),
});

/** Files that call each other under locks, some folders with a Makefile. */
const trees = fc
  .record({
    files: fc.array(file, { minLength: 1, maxLength: 8 }),
    built: fc.subarray(["drivers/a", "drivers/b", "fs"]),
  })
  .map(({ files, built }) =>
    kernelTree({
      ...Object.fromEntries(built.map((folder) => [`${folder}/Makefile`, "obj-y += main.o ring.o other.o\n"])),
      ...Object.fromEntries(
        files.map(({ folder, name, mask, calls }) => [
          `${folder}/${name}.c`,
          `int ${name}_do(struct own *o)\n{\n\tkmalloc(8, ${mask});\n\tspin_lock(&o->lock);\n\t${calls}_do(o);\n\tspin_unlock(&o->lock);\n}\n`,
        ]),
      ),
    }),
  );

const sorted = (found: readonly object[]): readonly string[] => found.map((one) => JSON.stringify(one)).sort();

describe("shards", () => {
  test.each(["file", "module"])("are together what the whole is, with --link %s", async (link) => {
    await fc.assert(
      fc.asyncProperty(trees, fc.integer({ min: 1, max: 4 }), async (files, parts) => {
        const cwd = folderWith(files);
        const whole = await sarifResults(["--link", link], cwd);
        const found = [];
        for (let part = 1; part <= parts; part++)
          found.push(...(await sarifResults(["--link", link, "--shard", `${part}/${parts}`], cwd)));
        expect(sorted(found)).toEqual(sorted(whole));
      }),
      { numRuns: 15 },
    );
  });
});

describe("the cache", () => {
  test("answers what would be found, whatever changed since", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(trees, { minLength: 2, maxLength: 3 }), fc.boolean(), async (states, isFile) => {
        const cacheFolder = folderWith({});
        const args = isFile ? ["--link", "file"] : [];
        for (const files of [...states, ...states]) {
          const cwd = folderWith(files);
          expect(await sarifResults(args, cwd, cacheFolder)).toEqual(await sarifResults(args, cwd));
        }
      }),
      { numRuns: 8 },
    );
  });
});
