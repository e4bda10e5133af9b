import assert from "node:assert/strict";
import { commands, ConfigurationTarget, DiagnosticSeverity, workspace } from "vscode";
import { seesOnPage } from "./keyboard.ts";
import {
  closeAll,
  findings,
  inside,
  openFile,
  placeCursor,
  quickFixes,
  rangeOf,
  readHover,
  seesFinding,
  seesNoFinding,
  seesNothingWrong,
  select,
  type,
  until,
} from "./user.ts";

const REFILL = `kernel 6.12

request rx_refill {
  api     alloc_pages
  order   3
  flags   GFP_ATOMIC | __GFP_NOWARN$0
  context softirq
  handles null
}
`;

const LIGHT_BULB = "[class*='codicon-gutter-lightbulb'], .lightBulbWidget";

suite("Findings", () => {
  teardown(closeAll);

  test("a mistake that is typed is marked, explained, mended and gone", async () => {
    const { document, selection } = await openFile("typed.allocpolicy", REFILL);
    const before = document.getText();
    await seesNothingWrong(document);
    assert.equal(document.offsetAt(selection.active), REFILL.indexOf("$0"));

    await type(" | __GFP_NOFAIL");
    const finding = await seesFinding(document, "nofail-without-reclaim", "__GFP_NOFAIL");
    assert.match(await readHover(document, inside(document, "__GFP_NOFAIL")), /__GFP_NOFAIL/);

    const [fix] = await quickFixes(document, finding);
    assert.ok(fix?.edit, "the light bulb offers a fix");
    await workspace.applyEdit(fix.edit);
    await seesNoFinding(document, "nofail-without-reclaim");
    assert.notEqual(document.getText(), `${before} | __GFP_NOFAIL`);
    await seesNothingWrong(document);
  });

  test("the first fix is applied by the editor's own command", async () => {
    const editor = await openFile("auto-fix.allocpolicy", REFILL.replace("__GFP_NOWARN$0", "__GFP_NOFAIL"));
    await seesFinding(editor.document, "nofail-without-reclaim", "__GFP_NOFAIL");
    placeCursor(editor, editor.document.offsetAt(inside(editor.document, "__GFP_NOFAIL")));
    // The workbench has heard of the cursor, and the light bulb stands.
    await seesOnPage(LIGHT_BULB);
    await commands.executeCommand("editor.action.codeAction", { kind: "quickfix", apply: "first" });
    await until(
      "the fix in the text",
      () => !editor.document.getText().includes("__GFP_NOFAIL") || undefined,
      () => editor.document.getText(),
    );
    await seesNoFinding(editor.document, "nofail-without-reclaim");
  });

  test("a range that must not fail is marked when the file is opened", async () => {
    const { document } = await openFile(
      "opened.allocpolicy",
      `kernel 6.12

request nofail_range {
  api   alloc_contig_range
  size  128 MiB
  flags GFP_KERNEL | __GFP_NOFAIL
}
`,
    );
    const finding = await seesFinding(document, "nofail-with-range", "__GFP_NOFAIL");
    assert.ok(finding.severity === DiagnosticSeverity.Error || finding.severity === DiagnosticSeverity.Warning);
    assert.match(finding.message, /alloc_contig_range|range/);
  });

  test("half a declaration leaves the findings of its neighbours alone", async () => {
    const { document } = await openFile(
      "half.allocpolicy",
      `kernel 6.12

request sleeper {
  api     kmalloc
  size    256 B
  flags   GFP_KERNEL
  context softirq
}

$0
`,
    );
    await seesFinding(document, "sleep-in-atomic", "GFP_KERNEL");
    await type("request unfinished {\n  api ");
    await seesFinding(document, "sleep-in-atomic", "GFP_KERNEL");
    await until(
      "a mark on the half",
      () => findings(document).some(({ rule }) => rule !== "sleep-in-atomic") || undefined,
    );
  });

  test("another kernel in the header gives other findings", async () => {
    const editor = await openFile(
      "kernel.allocpolicy",
      `kernel 6.12

request old_flag {
  api   kmalloc
  size  64 B
  flags GFP_KERNEL | __GFP_ATOMIC
}
`,
    );
    await seesFinding(editor.document, "removed-flag", "__GFP_ATOMIC");
    select(editor, "6.12");
    await type("5.10");
    await seesNoFinding(editor.document, "removed-flag");
  });

  test("a rule that the settings turn off is silent, and one that they raise is an error", async () => {
    const { document } = await openFile(
      "levels.allocpolicy",
      `kernel 6.12

request sleeper {
  api     kmalloc
  size    256 B
  flags   GFP_KERNEL
  context softirq
}
`,
    );
    await seesFinding(document, "sleep-in-atomic", "GFP_KERNEL");
    const settings = workspace.getConfiguration("allocpolicy");
    try {
      await settings.update("rules", { "sleep-in-atomic": "off" }, ConfigurationTarget.Workspace);
      await seesNoFinding(document, "sleep-in-atomic");
      await settings.update("rules", { "sleep-in-atomic": "hint" }, ConfigurationTarget.Workspace);
      const finding = await seesFinding(document, "sleep-in-atomic", "GFP_KERNEL");
      assert.equal(finding.severity, DiagnosticSeverity.Hint);
    } finally {
      await settings.update("rules", undefined, ConfigurationTarget.Workspace);
    }
  });

  test("a file that was never saved is checked as well", async () => {
    const document = await workspace.openTextDocument({
      language: "allocpolicy",
      content: "kernel 6.12\nrequest nameless { api no_such_function }\n",
    });
    await seesFinding(document, "unknown-api", "no_such_function");
    assert.equal(document.getText(rangeOf(document, "no_such_function")), "no_such_function");
  });
});
