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

test("what a call may do is told wherever in its line the cursor is, and in no other line", () => {
  const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS, [ROOT]), DRIVER, kernelC.open(TEXT));
  const told = (part: string): string | null | undefined =>
    kernelC.answers.call?.(workspace, DRIVER, TEXT.indexOf(part));
  for (const part of ["\treturn", "return", "kmalloc", "GFP_KERNEL", ";\n}"]) expect(told(part)).toMatch(/kmalloc/);
  for (const part of ["#include", "{", "}"]) expect(told(part)).toBeNull();
});

test("what a header says counts as soon as it is read, and as it is now", () => {
  const driver = `#include <linux/slab.h>
#include "pump.h"

void *pump_done(struct pump *p)
{
	pump_lock(p);
	p->q = kmalloc(64, GFP_KERNEL);
	pump_unlock(p);
	return p->q ? p : NULL;
}
`;
  const header = (kind: string): string => `static inline void pump_lock(struct pump *p)
{
	${kind}_lock(&p->lock);
}
static inline void pump_unlock(struct pump *p)
{
	${kind}_unlock(&p->lock);
}
`;
  const rules = (workspace: typeof alone): readonly string[] | undefined =>
    kernelC.answers.findings?.(workspace, DRIVER, 10).runs.flatMap(({ items }) => items.map(({ rule }) => rule));
  const document = kernelC.open(driver);
  const alone = withDocument(emptyWorkspace(DEFAULT_SETTINGS, [ROOT]), DRIVER, document);
  expect(kernelC.references(DRIVER, document).map(({ uri }) => uri)).toContain(`${ROOT}/linux/drivers/pump.h`);
  expect(rules(alone)).toEqual([]);
  const above = withDocument(alone, `${ROOT}/linux/pump.h`, kernelC.open(header("spin")));
  expect(rules(above)).toEqual(["sleep-in-atomic"]);
  const beside = withDocument(above, `${ROOT}/linux/drivers/pump.h`, kernelC.open(header("mutex")));
  expect(rules(beside)).toEqual([]);
  const edited = kernelC.edit(document, { start: driver.length, end: driver.length, text: "\n" });
  expect(rules(withDocument(above, DRIVER, edited))).toEqual(["sleep-in-atomic"]);
  const without = kernelC.edit(document, {
    start: driver.indexOf('#include "pump'),
    end: driver.indexOf("\nvoid"),
    text: "",
  });
  expect(rules(withDocument(above, DRIVER, without))).toEqual([]);
});

test("a hover on a call of an allocator says what it stands for, and answers for that", () => {
  const text = TEXT.replace("kmalloc(n, GFP_KERNEL)", "own_alloc(NULL, 64, GFP_NOWAIT)");
  const workspace = withDocument(
    withDocument(emptyWorkspace(DEFAULT_SETTINGS, [ROOT]), DRIVER, kernelC.open(text)),
    `${ROOT}/own.allocpolicy`,
    allocPolicy.open("kernel 6.12\nallocator own_alloc(o, n, gfp) = kmalloc(n, gfp | __GFP_ZERO)\n"),
  );
  const markdown = kernelC.answers.hover?.(workspace, DRIVER, text.indexOf("own_alloc"))?.markdown ?? "";
  expect(markdown).toMatch(/^\*\*Never sleeps/m);
  expect(markdown.replaceAll("\\", "")).toContain(
    "own_alloc() stands for kmalloc(64, GFP_NOWAIT | __GFP_ZERO), as allocator own_alloc of own.allocpolicy says.",
  );
});

test("a hover and an explanation show what would turn text around in a lock's name as its number", () => {
  const turned = "\u202e";
  const text = `#include <linux/slab.h>\nstatic void f(struct nic *nic)\n{\n\tspin_lock(&nic->a[${turned}i].lock);\n\tnic->p = kmalloc(64, GFP_KERNEL);\n\tspin_unlock(&nic->a[${turned}i].lock);\n}\n`;
  const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), DRIVER, kernelC.open(text));
  for (const word of ["kmalloc", "spin_unlock"]) {
    const markdown = kernelC.answers.hover?.(workspace, DRIVER, text.indexOf(word))?.markdown ?? "";
    expect(markdown, word).toContain("<U+202E>");
    expect(markdown, word).not.toContain(turned);
  }
  expect(kernelC.answers.call?.(workspace, DRIVER, text.indexOf("kmalloc"))).not.toContain(turned);
});
