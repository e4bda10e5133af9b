import assert from "node:assert/strict";
import {
  commands,
  CompletionItemKind,
  ConfigurationTarget,
  type CompletionList,
  workspace,
  type TextDocument,
  type WorkspaceEdit,
  type TextEditor,
} from "vscode";
import { keysArrived, pause, press, seesOnPage } from "./keyboard.ts";
import { closeAll, inside, openFile, placeCursor, seesFinding, seesNothingWrong, select, until } from "./user.ts";

/** What the light bulb offers, on the screen. */
const OFFERED = ".action-widget .monaco-list-row.focused";

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

  test("the selected flags are extracted, and inlined again wherever they are used, by the editor's own keys", async () => {
    const text = request(
      "  api     kmalloc\n  size    64 B\n  flags   GFP_ATOMIC | __GFP_ZERO | __GFP_NOWARN\n  context rx_poll\n  handles null",
    );
    const editor = await openFile("extract.allocpolicy", text);
    await seesNothingWrong(editor.document);
    select(editor, "GFP_ATOMIC | __GFP_ZERO");
    await keysArrived();
    await press("Control+Shift+R");
    await seesOnPage(OFFERED);
    await press("Enter");
    await seesText(
      editor.document,
      (now) =>
        now.includes("flags RX_REFILL_FLAGS = GFP_ATOMIC | __GFP_ZERO\n\nrequest") &&
        now.includes("  flags   RX_REFILL_FLAGS | __GFP_NOWARN\n"),
    );
    placeCursor(editor, editor.document.getText().indexOf("RX_REFILL_FLAGS") + 1);
    await keysArrived();
    await press("Control+Shift+R");
    await seesOnPage(OFFERED);
    await press("Enter");
    await seesText(editor.document, (now) => now === text);
  });

  test("Auto Fix mends what is at the cursor by its key, and saving mends the rest where the settings say so", async () => {
    const editor = await openFile(
      "mend.allocpolicy",
      request("  api kmalloc\n  size 64 B\n  flags GFP_KERNEL | __GFP_REPEAT\n  handles null") +
        "request other { api kzalloc size 64 B flags GFP_KERNEL | __GFP_ZERO handles null }\n",
    );
    await seesFinding(editor.document, "removed-flag", "__GFP_REPEAT");
    placeCursor(editor, editor.document.getText().indexOf("__GFP_REPEAT") + 3);
    await keysArrived();
    await press("Alt+Shift+.");
    await seesText(editor.document, (now) => now.includes("GFP_KERNEL | __GFP_RETRY_MAYFAIL\n"));
    const settings = workspace.getConfiguration("editor");
    try {
      await settings.update("codeActionsOnSave", { "source.fixAll": "explicit" }, ConfigurationTarget.Workspace);
      await commands.executeCommand("workbench.action.files.save");
      await seesText(editor.document, (now) => now.includes("kzalloc size 64 B flags GFP_KERNEL handles null"));
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
