import assert from "node:assert/strict";
import { commands, window, workspace, type WorkspaceEdit } from "vscode";
import {
  closeAll,
  inside,
  inWorkspace,
  openFile,
  seesFinding,
  seesNoFinding,
  seesNothingWrong,
  writeFile,
} from "./user.ts";

const importing = (name: string, context: string): string => `kernel 6.12
import "${name}"

request rx_refill {
  api     kmalloc
  size    64 B
  flags   GFP_ATOMIC
  context ${context}
  handles null
}
`;

suite("Files", () => {
  teardown(closeAll);

  test("the names of an imported file are known", async () => {
    const { document } = await openFile("import.allocpolicy", importing("contexts.allocpolicy", "rx_poll"));
    await seesNothingWrong(document);
  });

  test("a missing import is marked until the file is there", async () => {
    const { document } = await openFile("waiting.allocpolicy", importing("later.allocpolicy", "late"));
    await seesFinding(document, "import-not-found", '"later.allocpolicy"');
    await writeFile("later.allocpolicy", "kernel 6.12\n\ncontext late { in softirq }\n");
    await seesNoFinding(document, "import-not-found");
    await seesNothingWrong(document);
    await workspace.fs.delete(inWorkspace("later.allocpolicy"));
    await seesFinding(document, "import-not-found", '"later.allocpolicy"');
  });

  test("what is typed into an imported file counts before it is saved", async () => {
    const { document } = await openFile("user.allocpolicy", importing("edited.allocpolicy", "tx_ring"));
    const imported = await openFile("edited.allocpolicy", "kernel 6.12\n\ncontext tx_rin$0 { in softirq }\n");
    await seesFinding(document, "unknown-context", "tx_ring");
    await commands.executeCommand("type", { text: "g" });
    assert.ok(imported.document.isDirty);
    await seesNothingWrong(document);
  });

  test("a context is renamed in the files that import it", async () => {
    const { document } = await openFile("renamed-user.allocpolicy", importing("renamed.allocpolicy", "old_name"));
    const { document: imported } = await openFile(
      "renamed.allocpolicy",
      "kernel 6.12\n\ncontext old_name { in softirq }\n",
    );
    await seesNothingWrong(document);
    const edit = await commands.executeCommand<WorkspaceEdit>(
      "vscode.executeDocumentRenameProvider",
      imported.uri,
      inside(imported, "old_name"),
      "new_name",
    );
    assert.ok(await workspace.applyEdit(edit));
    for (const file of [document, imported]) assert.match(file.getText(), /\bnew_name\b/);
    await seesNothingWrong(document);
    await window.showTextDocument(document);
  });
});
