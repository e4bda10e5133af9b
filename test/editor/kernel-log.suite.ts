import assert from "node:assert/strict";
import { commands, env, MarkdownString, Selection, window, type Hover } from "vscode";
import { closeAll, inside, openFile, until, writeFile } from "./user.ts";

const LOG = `host kernel: [ 10.5] probe: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null)
host kernel: [ 10.5] CPU: 0 PID: 7 Comm: probe Not tainted 6.1.0 #1
host kernel: [ 10.5] Node 0 DMA: 3*4kB (U) 1*8kB (U) 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 20kB
`;

/** What the command tells, and shows beside. */
async function explained(...of: readonly unknown[]): Promise<string | undefined> {
  return commands.executeCommand<string | undefined>("allocpolicy.explainLog", ...of);
}

suite("Kernel logs", () => {
  teardown(closeAll);

  test("the report of the file in front is explained, in a text beside it", async () => {
    await openFile("front.log", LOG);
    assert.match((await explained()) ?? "", /^Report 1, lines 1 to 3: page allocation failure\n/);
    assert.equal(window.activeTextEditor?.document.uri.scheme, "allocpolicy-log");
  });

  test("no line of an explanation is longer than the room for it", async () => {
    await openFile("wide.log", LOG);
    for (const _ of ["second column", "third column"]) await commands.executeCommand("workbench.action.splitEditor");
    await explained();
    const { activeTextEditor: editor } = window;
    assert.ok(editor, "the explanation is in front");
    const { document } = editor;
    const lines = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line));
    const [longest] = lines.toSorted((a, b) => b.text.length - a.text.length);
    assert.ok(longest);
    editor.selection = new Selection(longest.range.start, longest.range.start);
    await commands.executeCommand("cursorMove", { to: "wrappedLineEnd" });
    assert.ok(editor.selection.active.isBefore(longest.range.end), longest.text);
  });

  test("a file is explained that is not open", async () => {
    const uri = await writeFile("closed.log", LOG);
    assert.match((await explained(uri)) ?? "", /^Report 1,/);
  });

  test("what was copied is explained when no report is in front", async () => {
    await openFile("notes.txt", "nothing here\n");
    await env.clipboard.writeText(LOG);
    assert.match((await explained()) ?? "", /^Report 1,/);
  });

  test("no report, no text", async () => {
    await openFile("notes.txt", "nothing here\n");
    await env.clipboard.writeText("nothing there either\n");
    assert.equal(await explained(), undefined);
  });

  test("a hover decodes the mask of a log", async () => {
    const { document } = await openFile("hover.log", LOG);
    const text = await until("the hover of the mask", async () => {
      const hovers = await commands.executeCommand<Hover[]>(
        "vscode.executeHoverProvider",
        document.uri,
        inside(document, "0x40cc0"),
      );
      const texts = hovers.flatMap(({ contents }) =>
        contents.map((one) => (one instanceof MarkdownString ? one.value : String(one))),
      );
      return texts.length === 0 ? undefined : texts.join("\n");
    });
    assert.match(text, /__GFP_COMP/);
  });
});
