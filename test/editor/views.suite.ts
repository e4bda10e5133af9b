import assert from "node:assert/strict";
import {
  commands,
  extensions,
  TabInputCustom,
  TabInputTextDiff,
  type Uri,
  window,
  workspace,
  type CodeLens,
  type TextDocument,
} from "vscode";
import type { AllocPolicyExtension } from "../../client/extension.ts";
import { press as pressKeys, seesOnPage, typeKeys } from "./keyboard.ts";
import { closeAll, inside, inWorkspace, openFile, placeCursor, select, type, until } from "./user.ts";

async function extension(): Promise<AllocPolicyExtension> {
  const found = extensions.getExtension<AllocPolicyExtension>("allocpolicy.allocpolicy");
  assert.ok(found, "the extension is installed");
  return found.activate();
}

const POLICIES = `kernel 6.12

policy driver for kmalloc {
  allow only GFP_KERNEL | __GFP_NORETRY
  mode fast when has __GFP_NORETRY { sleeps may }
  mode slow otherwise { sleeps never }
}

policy other { forbid has __GFP_ZERO }

request refill {
  api    kmalloc
  size   64 B
  flags  GFP_KERNEL | __GFP_NORETRY
  handles null
}

expect refill { mode fast, sleeps never }
expect driver forbids __GFP_ZERO
`;

/** Waits until the panel shows the matrix of a policy, with these modes. */
async function seesMatrix(policy: string, modes: readonly string[]): Promise<void> {
  const { matrix } = await extension();
  await until(
    `the matrix of ${policy} with ${modes.join(", ")}`,
    () => {
      const shown = matrix();
      return (shown?.policy === policy && shown.columns.join() === modes.join()) || undefined;
    },
    matrix,
  );
}

/** What the test explorer has for a file: `declaration: label state`. */
async function listedTests(name: string): Promise<readonly string[]> {
  const { expectations } = await extension();
  return expectations()
    .filter(({ file }) => file === name)
    .map(({ declaration, label, state }) => `${declaration}: ${label} ${state ?? "not run"}`);
}

async function seesTests(name: string, wanted: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  await until(
    `the expectations of ${name}`,
    async () => {
      last = await listedTests(name);
      return last.join() === wanted.join() || undefined;
    },
    () => last,
  );
}

/** The lenses of that title, once there are so many. */
function lensesOf(document: TextDocument, title: string, count: number): Promise<readonly CodeLens[]> {
  let last: readonly CodeLens[] = [];
  return until(
    `${count} lenses ${title}`,
    async () => {
      last = await commands.executeCommand<CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 100);
      const found = last.filter(({ command }) => command?.title === title);
      return found.length === count ? found : undefined;
    },
    () => last.map(({ command }) => command?.title),
  );
}

async function press(lens: CodeLens | undefined): Promise<void> {
  assert.ok(lens?.command, "the lens has a command");
  await commands.executeCommand(lens.command.command, ...(lens.command.arguments ?? []));
}

suite("Views", () => {
  teardown(closeAll);

  test("the matrix lists the modes and flags of the policy at the cursor, and follows cursor and typing", async () => {
    const editor = await openFile("matrix.allocpolicy", POLICIES);
    placeCursor(editor, editor.document.offsetAt(inside(editor.document, "mode fast")));
    await commands.executeCommand("allocpolicy.showMatrix");
    await seesMatrix("driver", ["fast", "slow"]);
    assert.ok((await extension()).matrix()?.rows.includes("__GFP_NORETRY"), "flags are rows");
    assert.equal(
      window.activeTextEditor?.document.uri.toString(),
      editor.document.uri.toString(),
      "the focus stays in the editor",
    );

    select(editor, "slow");
    await type("gentle");
    await seesMatrix("driver", ["fast", "gentle"]);
    placeCursor(editor, editor.document.offsetAt(inside(editor.document, "policy other")));
    await seesMatrix("other", ["any mode"]);
  });

  test("the matrix stays while the text is damaged", async () => {
    const editor = await openFile("matrix-damaged.allocpolicy", POLICIES);
    placeCursor(editor, editor.document.offsetAt(inside(editor.document, "mode fast")));
    await commands.executeCommand("allocpolicy.showMatrix");
    await seesMatrix("driver", ["fast", "slow"]);
    select(editor, "has __GFP_NORETRY {");
    await type("has {");
    const { matrix } = await extension();
    await until(
      "the note that it is of an earlier text",
      () => matrix()?.note.includes("was there before") || undefined,
      matrix,
    );
    await seesMatrix("driver", ["fast", "slow"]);
  });

  test("each policy has a lens that opens its matrix", async () => {
    const { document } = await openFile("lens.allocpolicy", POLICIES);
    await extension();
    const lenses = await lensesOf(document, "Matrix", 2);
    await press(lenses[1]);
    await seesMatrix("other", ["any mode"]);
  });

  test("a request has lenses: explained, compared, its uses shown; what is expected is run", async () => {
    const { document } = await openFile("lenses.allocpolicy", POLICIES);
    await extension();
    const [explain] = await lensesOf(document, "Explain", 1);
    await press(explain);
    await seesOnPage(".monaco-hover .hover-row");
    await lensesOf(document, "Compare kernels", 1);
    await lensesOf(document, "Run expectations", 2);
    const [uses] = await lensesOf(document, "1 use", 2);
    await press(uses);
    await seesOnPage(".peekview-widget");
    await commands.executeCommand("closeReferenceSearch");
  });

  test("a request is simulated step by step, with a picture of memory; its modes are run and written", async () => {
    const { document } = await openFile(
      "trace.allocpolicy",
      `kernel 6.12
memory host { node 0 { zone Movable { managed 1 GiB  free order 10: 100  range { movable 1 MiB } } } }
request unplug { api alloc_contig_range  size 4 MiB  flags GFP_KERNEL  handles null }
expect unplug on host { succeeds }
`,
    );
    const { trace } = await extension();
    const [simulate] = await lensesOf(document, "Simulate", 2);
    await press(simulate);
    await until("the trace", () => (trace()?.request === "unplug" && trace()?.step === 0) || undefined, trace);
    assert.match(trace()?.words ?? "", /^Step 1 of \d+\. node 0 Movable: /);
    for (const [name, begins] of [
      ["trace.md", "# `unplug` on `host`"],
      ["trace.svg", "<svg "],
    ] as const) {
      const target = inWorkspace(name);
      await commands.executeCommand("allocpolicy.exportTrace", target);
      const text = new TextDecoder().decode(await workspace.fs.readFile(target));
      assert.ok(text.startsWith(begins), `${name} begins with ${text.slice(0, 40)}`);
    }
  });

  test("the matrix is written to a file as Markdown and as SVG", async () => {
    await openFile("written.allocpolicy", POLICIES);
    await extension();
    for (const [name, begins] of [
      ["matrix.md", "# Policy driver\n"],
      ["matrix.svg", "<svg "],
    ] as const) {
      const target = inWorkspace(name);
      await commands.executeCommand("allocpolicy.exportMatrix", target);
      const text = new TextDecoder().decode(await workspace.fs.readFile(target));
      assert.ok(text.startsWith(begins), `${name} begins with ${text.slice(0, 40)}`);
    }
  });

  test("expectations are tests: listed by declaration, run, passed and failed, and they follow the text", async () => {
    const editor = await openFile("expectations.allocpolicy", POLICIES);
    const listed = (states: readonly string[]): readonly string[] =>
      ["refill: mode fast", "refill: sleeps never", "driver: forbids __GFP_ZERO"].map(
        (label, index) => `${label} ${states[index]}`,
      );
    await seesTests("expectations.allocpolicy", listed(["not run", "not run", "not run"]));
    // The workbench hears of new tests a little later than the extension that lists them.
    await seesOnPage(".testing-run-glyph");
    await commands.executeCommand("testing.runCurrentFile");
    await seesTests("expectations.allocpolicy", listed(["passed", "failed", "passed"]));

    select(editor, "sleeps never }\nexpect");
    await type("sleeps may }\nexpect");
    await seesTests("expectations.allocpolicy", [
      "refill: mode fast passed",
      "refill: sleeps may not run",
      "driver: forbids __GFP_ZERO passed",
    ]);
  });

  test("a file is compared under two kernels, side by side", async () => {
    await openFile(
      "kernels.allocpolicy",
      POLICIES.replace("GFP_KERNEL | __GFP_NORETRY\n  handles", "GFP_NOWAIT\n  handles"),
    );
    await extension();
    await commands.executeCommand("allocpolicy.diffKernels", "6.1", "6.12");
    const input = await until(
      "a diff editor",
      () => {
        const tab = window.tabGroups.activeTabGroup.activeTab;
        return tab?.input instanceof TabInputTextDiff ? tab.input : undefined;
      },
      () => window.tabGroups.activeTabGroup.activeTab?.label,
    );
    const [left, right] = await Promise.all(
      [input.original, input.modified].map((uri: Uri) => workspace.openTextDocument(uri)),
    );
    assert.match(left?.getText() ?? "", /^Linux 6\.1\n[\s\S]*request refill/);
    assert.match(
      right?.getText() ?? "",
      /^Linux 6\.12\n[\s\S]*flag GFP_NOWAIT {2}__GFP_KSWAPD_RECLAIM \| __GFP_NOWARN/,
    );
  });

  test("while a page is in front its commands mean the policy file beside it", async () => {
    await openFile("beside.allocpolicy", POLICIES);
    const { kernelInForce } = await extension();
    await until("the kernel", () => kernelInForce(), kernelInForce);
    const kernel = kernelInForce();
    await commands.executeCommand("allocpolicy.openWalkthrough");
    await until(
      "the first steps in front",
      () => window.activeTextEditor === undefined || undefined,
      () => window.tabGroups.activeTabGroup.activeTab?.label,
    );
    await commands.getCommands();
    assert.equal(kernelInForce(), kernel);
    await commands.executeCommand("allocpolicy.diffKernels", "6.1", "6.12");
    await until(
      "a diff editor",
      () => window.tabGroups.activeTabGroup.activeTab?.input instanceof TabInputTextDiff || undefined,
      () => window.tabGroups.activeTabGroup.activeTab?.label,
    );
  });

  test("two policies are compared on a page", async () => {
    await openFile("compared.allocpolicy", POLICIES);
    await extension();
    await commands.executeCommand("allocpolicy.diffPolicies", "driver", "other");
    const uri = await until(
      "the page",
      () => {
        const input = window.tabGroups.activeTabGroup.activeTab?.input;
        return input instanceof TabInputCustom && input.uri.scheme === "allocpolicy-diff" ? input.uri : undefined;
      },
      () => window.tabGroups.activeTabGroup.activeTab?.label,
    );
    assert.match((await workspace.openTextDocument(uri)).getText(), /^# `driver` is stricter than `other`/);
  });

  test("which two kernels is asked in one box, which the page that it was asked from does not close", async () => {
    await openFile("asked.allocpolicy", POLICIES);
    await extension();
    await commands.executeCommand("allocpolicy.openWalkthrough");
    await until("the first steps", () => (window.tabGroups.all.length > 1 ? true : undefined));
    // They take the focus when they are shown for the first time, and else not.
    await commands.executeCommand("workbench.action.focusSecondEditorGroup");
    const compared = commands.executeCommand("allocpolicy.diffKernels");
    await seesOnPage('.quick-input-title:has-text("Kernels: from")');
    await pressKeys("Enter");
    await seesOnPage('.quick-input-title:has-text("from 6.12 to")');
    await typeKeys("6.18\n");
    await until(
      "a diff editor",
      () => window.tabGroups.activeTabGroup.activeTab?.input instanceof TabInputTextDiff || undefined,
      () => window.tabGroups.activeTabGroup.activeTab?.label,
    );
    await compared;
  });

  test("a file that is left at once has its lenses: when the focus goes elsewhere, and beside a page", async () => {
    await extension();
    for (const leave of ["workbench.action.focusSideBar", "allocpolicy.openWalkthrough"]) {
      const document = await workspace.openTextDocument({ language: "allocpolicy", content: POLICIES });
      await window.showTextDocument(document);
      await commands.executeCommand(leave);
      await seesOnPage(".codelens-decoration a");
      await closeAll();
    }
  });
});
