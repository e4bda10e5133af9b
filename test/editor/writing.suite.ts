import assert from "node:assert/strict";
import {
  type CodeAction,
  commands,
  CompletionItemKind,
  ConfigurationTarget,
  type CompletionList,
  type Range,
  workspace,
  type TextDocument,
  type WorkspaceEdit,
  type TextEditor,
} from "vscode";
import { keysArrived, pause, press } from "./keyboard.ts";
import { closeAll, inside, offeredAt, openFile, rangeOf, seesFinding, seesNothingWrong, until } from "./user.ts";

/** Takes what the editor offers first of a kind for a place. */
async function takesFirst(document: TextDocument, range: Range, kind: string): Promise<CodeAction> {
  const [first] = await offeredAt(document, range, kind);
  assert.ok(first?.edit, `there is something of the kind ${kind}`);
  assert.ok(await workspace.applyEdit(first.edit));
  return first;
}

/** Waits until a file has another text. */
const seesText = (document: TextDocument, wanted: (text: string) => boolean): Promise<true> =>
  until(
    "the text",
    () => wanted(document.getText()) || undefined,
    () => document.getText(),
  );

/** What the suggestions at the cursor are called. */
async function suggestions({ document, selection }: TextEditor): Promise<readonly string[]> {
  const list = await commands.executeCommand<CompletionList>(
    "vscode.executeCompletionItemProvider",
    document.uri,
    selection.active,
  );
  return list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
}

/** Waits until all of these are suggested. */
async function seesSuggestions(editor: TextEditor, wanted: readonly string[]): Promise<readonly string[]> {
  let last: readonly string[] = [];
  return until(
    `the suggestions ${wanted.join(", ")}`,
    async () => {
      last = await suggestions(editor);
      return wanted.every((name) => last.includes(name)) ? last : undefined;
    },
    () => last.slice(0, 30),
  );
}

const request = (lines: string): string => `kernel 6.12

context rx_poll { in softirq  holds spinlock }

request rx_refill {
${lines}
}
`;

suite("Writing", () => {
  teardown(closeAll);

  test("the words that fit are suggested at each place", async () => {
    await seesSuggestions(await openFile("complete-api.allocpolicy", request("  api $0")), ["alloc_pages", "kmalloc"]);
    await seesSuggestions(await openFile("complete-context.allocpolicy", request("  api kmalloc\n  context $0")), [
      "rx_poll",
      "softirq",
    ]);
    const flags = await seesSuggestions(
      await openFile("complete-flags.allocpolicy", request("  api kmalloc\n  flags GFP_KERNEL | $0")),
      ["__GFP_NOWARN", "__GFP_ZERO"],
    );
    assert.ok(!flags.includes("alloc_pages"), "functions are not suggested in a mask");
    await seesSuggestions(await openFile("complete-property.allocpolicy", request("  api kmalloc\n  $0")), [
      "flags",
      "context",
    ]);
  });

  test("a suggestion that is accepted is written", async () => {
    const editor = await openFile(
      "accept.allocpolicy",
      request("  api kmalloc\n  size 64 B\n  flags GFP_KER$0\n  handles null"),
    );
    const { document } = editor;
    await seesFinding(document, "unknown-flag", "GFP_KER");
    await keysArrived();
    await press("Control+Space");
    await until("the suggestion", async () => (await pause(editor)).chosen === "GFP_KERNEL" || undefined);
    await press("Enter");
    await until(
      "GFP_KERNEL in the file",
      () => document.getText().includes("GFP_KERNEL\n") || undefined,
      () => document.getText(),
    );
    await seesNothingWrong(document);
  });

  test("snippets are suggested where a declaration begins", async () => {
    const { document, selection } = await openFile("snippets.allocpolicy", "kernel 6.12\n\nreq$0");
    await until("a snippet", async () => {
      const list = await commands.executeCommand<CompletionList>(
        "vscode.executeCompletionItemProvider",
        document.uri,
        selection.active,
      );
      return list.items.some(({ kind }) => kind === CompletionItemKind.Snippet) || undefined;
    });
  });

  test("a context is renamed wherever it is used", async () => {
    const { document } = await openFile(
      "rename.allocpolicy",
      request("  api kmalloc\n  size 64 B\n  flags GFP_ATOMIC\n  context rx_poll\n  handles null"),
    );
    await seesNothingWrong(document);
    const edit = await commands.executeCommand<WorkspaceEdit>(
      "vscode.executeDocumentRenameProvider",
      document.uri,
      inside(document, "rx_poll"),
      "rx_ring",
    );
    assert.ok(await workspace.applyEdit(edit));
    assert.equal([...document.getText().matchAll(/rx_ring/g)].length, 2);
    assert.ok(!document.getText().includes("rx_poll"));
    await seesNothingWrong(document);
  });

  test("a file is formatted, and stays as it is when it is formatted again", async () => {
    const { document } = await openFile(
      "format.allocpolicy",
      "kernel 6.12\nrequest   rx_refill{api kmalloc\n      size 64 B\n  // kept\n flags GFP_KERNEL|__GFP_NOWARN   }\n",
    );
    await commands.executeCommand("editor.action.formatDocument");
    const formatted = await until(
      "the formatted file",
      () => (document.getText().includes("request rx_refill {\n") ? document.getText() : undefined),
      () => document.getText(),
    );
    assert.match(formatted, /^ {2}\/\/ kept$/m);
    assert.match(formatted, /GFP_KERNEL \| __GFP_NOWARN/);
    await commands.executeCommand("editor.action.formatDocument");
    assert.equal(document.getText(), formatted);
  });

  test("the selected flags are extracted, and inlined again wherever they are used", async () => {
    const text = request(
      "  api     kmalloc\n  size    64 B\n  flags   GFP_ATOMIC | __GFP_ZERO | __GFP_NOWARN\n  context rx_poll\n  handles null",
    );
    const { document } = await openFile("extract.allocpolicy", text);
    await takesFirst(document, rangeOf(document, "GFP_ATOMIC | __GFP_ZERO"), "refactor.extract");
    assert.match(document.getText(), /flags RX_REFILL_FLAGS = GFP_ATOMIC \| __GFP_ZERO\n\nrequest/);
    assert.match(document.getText(), / {2}flags {3}RX_REFILL_FLAGS \| __GFP_NOWARN\n/);
    await takesFirst(document, rangeOf(document, "RX_REFILL_FLAGS"), "refactor.inline");
    assert.equal(document.getText(), text);
  });

  test("the fix of a finding is preferred, and saving mends the rest where the settings say so", async () => {
    const { document } = await openFile(
      "mend.allocpolicy",
      request("  api kmalloc\n  size 64 B\n  flags GFP_KERNEL | __GFP_REPEAT\n  handles null") +
        "request other { api kzalloc size 64 B flags GFP_KERNEL | __GFP_ZERO handles null }\n",
    );
    await seesFinding(document, "removed-flag", "__GFP_REPEAT");
    const fix = await takesFirst(document, rangeOf(document, "__GFP_REPEAT"), "quickfix");
    assert.equal(fix.isPreferred, true);
    assert.match(document.getText(), /GFP_KERNEL \| __GFP_RETRY_MAYFAIL\n/);
    const settings = workspace.getConfiguration("editor");
    try {
      await settings.update("codeActionsOnSave", { "source.fixAll": "explicit" }, ConfigurationTarget.Workspace);
      await commands.executeCommand("workbench.action.files.save");
      await seesText(document, (now) => now.includes("kzalloc size 64 B flags GFP_KERNEL handles null"));
    } finally {
      await settings.update("codeActionsOnSave", undefined, ConfigurationTarget.Workspace);
    }
  });

  test("a line becomes a comment and back by the editor's own key", async () => {
    const { document } = await openFile("comment.allocpolicy", "$0kernel 6.12\n");
    await commands.executeCommand("editor.action.commentLine");
    assert.equal(document.getText(), "// kernel 6.12\n");
    await commands.executeCommand("editor.action.commentLine");
    assert.equal(document.getText(), "kernel 6.12\n");
  });
});
