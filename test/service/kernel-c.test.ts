// A C file is judged by what is true of it now, whatever was asked of it before.
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { allocPolicy } from "../../server/service/kinds/allocpolicy.ts";
import { kernelC } from "../../server/service/kinds/kernel-c.ts";
import { kernelTreeFile } from "../../server/service/kinds/kernel-tree-file.ts";

const ROOT = "file:///projects/area";
const DRIVER = `${ROOT}/linux/drivers/pump.c`;
const TEXT = "#include <linux/slab.h>\n\nvoid *pump_done(int n)\n{\n\treturn kmalloc(n, GFP_KERNEL);\n}\n";

test("a path in a policy counts from the root of the tree as soon as that is known", () => {
  const settings = { ...DEFAULT_SETTINGS, defaultKernel: "6.1.192" };
  const policy = `context tx_done {\n  in softirq\n  for "drivers/pump.c:pump_done"\n}\n`;
  const before = withDocument(
    withDocument(emptyWorkspace(settings, [ROOT]), `${ROOT}/p.allocpolicy`, allocPolicy.open(policy)),
    DRIVER,
    kernelC.open(TEXT),
  );
  const rules = (workspace: typeof before): readonly string[] | undefined =>
    kernelC.answers.findings?.(workspace, DRIVER, 10).runs.flatMap(({ items }) => items.map(({ rule }) => rule));
  expect(rules(before)).toEqual([]);
  const makefile = kernelTreeFile.open("VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\n");
  expect(rules(withDocument(before, `${ROOT}/linux/Makefile`, makefile))).toEqual(["sleep-in-atomic"]);
});

test("a hover on a call begins with the answer, and then says where the call stands", () => {
  const text = TEXT.replace("\treturn", "\tspin_lock(&lock);\n\treturn");
  const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS, [ROOT]), DRIVER, kernelC.open(text));
  const lines = kernelC.answers.hover?.(workspace, DRIVER, text.indexOf("kmalloc"))?.markdown.split("\n\n") ?? [];
  expect(lines[1]).toMatch(/^\*\*May sleep.*\.\*\*$/);
  expect(lines.findIndex((line) => line.includes("`&lock` is held since line 5"))).toBeGreaterThan(1);
});
