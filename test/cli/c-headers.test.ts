// Headers of a driver, of the file's folder or of its module's: their functions count in the files that include them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { kernelTree } from "./_kernel-tree.ts";
import { folderWith, run } from "./_run.ts";

const HEADER = `static inline void own_lock(struct own *o)
{
	spin_lock(&o->lock);
}
static inline void own_unlock(struct own *o)
{
	spin_unlock(&o->lock);
}
`;

const DRIVER = `#include <linux/slab.h>
#include "own.h"

int own_open(struct own *o)
{
	own_lock(o);
	o->p = kmalloc(64, GFP_KERNEL);
	own_unlock(o);
	return o->p ? 0 : -ENOMEM;
}
`;

const FILES = {
  "drivers/own/Makefile": "obj-$(CONFIG_OWN) += own.o\nown-y := core/open.o\nccflags-y += -I$(src)\n",
  "drivers/own/own.h": HEADER,
  "drivers/own/core/open.c": DRIVER,
};

async function linesOf(files: Readonly<Record<string, string>>, args: readonly string[]): Promise<readonly string[]> {
  const { out, err } = await run(["check", ...args], { cwd: folderWith(kernelTree(files)) });
  expect(err).toBe("");
  return out.split("\n").filter((line) => / (?:error|warning): /.test(line));
}

describe("a header of a driver", () => {
  test("counts where its files are named, and where their folder is", async () => {
    for (const where of ["drivers/own/core/open.c", "drivers"]) {
      const lines = await linesOf(FILES, [where]);
      expect(lines, where).toEqual([
        expect.stringMatching(/^drivers\/own\/core\/open\.c:7:\d+: error: .*\[sleep-in-atomic\]$/),
      ]);
    }
  });

  test("counts where another header includes it, in circles too", async () => {
    const first = '#include "own.h"\n#include "first.h"\n';
    const files = {
      ...FILES,
      "drivers/own/core/first.h": '#include "second.h"\n',
      "drivers/own/core/second.h": first,
      "drivers/own/core/open.c": DRIVER.replace("own.h", "first.h"),
    };
    expect(await linesOf(files, ["drivers"])).toEqual([expect.stringContaining("[sleep-in-atomic]")]);
  });

  test("is the one next to the file before the one of the module", async () => {
    const own = { ...FILES, "drivers/own/core/own.h": HEADER.replaceAll("spin_", "mutex_") };
    expect(await linesOf(own, ["drivers"])).toEqual([]);
  });

  test("outside of the tree is not read", async () => {
    const outside = DRIVER.replace("own.h", "../../../../own.h");
    const cwd = folderWith({
      "own.h": HEADER,
      ...Object.fromEntries(
        Object.entries(kernelTree({ ...FILES, "drivers/own/core/open.c": outside })).map(([path, text]) => [
          `tree/${path}`,
          text,
        ]),
      ),
    });
    const { out } = await run(["check", "drivers"], { cwd: join(cwd, "tree") });
    expect(out).not.toContain("sleep-in-atomic");
  });

  test("that changes is found to have, in spite of what was kept", async () => {
    const cacheFolder = folderWith({});
    const cwd = folderWith(kernelTree(FILES));
    const said = async () => (await run(["check", "drivers"], { cwd, cacheFolder })).out.includes("[sleep-in-atomic]");
    expect(await said()).toBe(true);
    writeFileSync(join(cwd, "drivers/own/own.h"), HEADER.replaceAll("spin_", "mutex_"));
    expect(await said()).toBe(false);
    writeFileSync(join(cwd, "drivers/own/own.h"), HEADER);
    expect(await said()).toBe(true);
  });

  test("that a patch changes causes what it brings to the files that include it", async () => {
    const cwd = folderWith(kernelTree({ ...FILES, "drivers/own/own.h": HEADER.replaceAll("spin_", "mutex_") }));
    const patch = `--- a/drivers/own/own.h
+++ b/drivers/own/own.h
@@ -1,4 +1,4 @@
 static inline void own_lock(struct own *o)
 {
-	mutex_lock(&o->lock);
+	spin_lock(&o->lock);
 }
`;
    const { status, out } = await run(["check", "--patch", "-"], { cwd, input: patch });
    expect([status, out]).toEqual([1, expect.stringContaining("drivers/own/core/open.c:7:")]);
  });
});
