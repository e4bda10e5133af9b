// C files of a kernel, in the editor: marked, explained and mended like requests, beside whoever owns the language.
import assert from "node:assert/strict";
import { commands, extensions, languages, window, workspace } from "vscode";
import type { AllocPolicyExtension } from "../../client/extension.ts";
import {
  closeAll,
  inside,
  inWorkspace,
  openFile,
  placeCursor,
  quickFixes,
  rangeOf,
  readHover,
  seesFinding,
  seesNoFinding,
  until,
  writeFile,
} from "./user.ts";

const PUMP = `#include <linux/slab.h>

static int fill(struct pump *p)
{
\tunsigned long flags;

\tspin_lock_irqsave(&p->lock, flags);
\tp->buffer = kmalloc(64, GFP_KERNEL);
\tspin_unlock_irqrestore(&p->lock, flags);
\treturn 0;
}
`;

suite("Kernel C", () => {
  teardown(closeAll);

  test("a sleeper under a lock is marked with its proof, explained, mended and gone", async () => {
    const { document } = await openFile("pump.c", PUMP);
    assert.equal(document.languageId, "c");
    const finding = await seesFinding(document, "sleep-in-atomic", "GFP_KERNEL");
    assert.equal(languages.getDiagnostics(document.uri).length, 1, "the mark stands once");
    const [proof] = finding.relatedInformation ?? [];
    assert.equal(proof?.location.range.start.line, rangeOf(document, "spin_lock_irqsave").start.line);
    assert.match(await readHover(document, inside(document, "kmalloc")), /is held since line 7/);

    const fix = (await quickFixes(document, finding)).find(({ title }) => title === "Write GFP_NOWAIT");
    assert.ok(fix?.edit, "the light bulb offers GFP_NOWAIT");
    await workspace.applyEdit(fix.edit);
    await seesNoFinding(document, "sleep-in-atomic");
  });

  test("the status item shows the kernel that a C file is judged by, and hides before C of other programs", async () => {
    const { kernelInForce } = await (extensions
      .getExtension<AllocPolicyExtension>("allocpolicy.allocpolicy")
      ?.activate() ?? assert.fail("the extension is installed"));
    await openFile("pump.c", PUMP);
    await until("the kernel of the C file", () => kernelInForce()?.startsWith("Linux ") || undefined, kernelInForce);
    await openFile("other.c", "int main(void)\n{\n\treturn 0;\n}\n");
    await until("no kernel", () => kernelInForce() === undefined || undefined, kernelInForce);
  });

  test("what the call at the cursor may do is shown on a page beside it", async () => {
    const editor = await openFile("pump.c", PUMP);
    await seesFinding(editor.document, "sleep-in-atomic", "GFP_KERNEL");
    placeCursor(editor, editor.document.offsetAt(inside(editor.document, "kmalloc")));
    await commands.executeCommand("allocpolicy.explainCall");
    const page = await until("the page", () =>
      window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.includes("pump.c:8")),
    );
    assert.ok(page);
  });

  test("the callers of a policy are shown on a page beside it", async () => {
    await writeFile("ring.c", "void *f(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n");
    await openFile("ring.allocpolicy", "policy ring for kmalloc {$0 forbid has __GFP_NOFAIL }\n");
    await commands.executeCommand("allocpolicy.showCallers");
    const page = await until("the page", () =>
      window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.includes("callers of ring")),
    );
    assert.ok(page);
  });

  test("a policy does not make its folder's C files be read, and C without a kernel has no marks", async () => {
    await writeFile("silent.c", PUMP);
    const { document } = await openFile(
      "plain.c",
      "void *f(void)\n{\n\treturn kmalloc(8, GFP_KERNEL | __GFP_DMA | __GFP_DMA32);\n}\n",
    );
    const { document: pump } = await openFile("pump.c", PUMP);
    await seesFinding(pump, "sleep-in-atomic", "GFP_KERNEL");
    assert.deepEqual(languages.getDiagnostics(document.uri), []);
    assert.deepEqual(languages.getDiagnostics(inWorkspace("silent.c")), []);
  });
});
