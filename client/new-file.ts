// File > New File… > AllocPolicy, and the walkthrough of the first hour.
import { commands, Range, window, workspace, type Disposable } from "vscode";

/** A file to begin with: valid, small enough to be read at a glance, and with an empty line to go on at. */
const BEGINNING = `kernel 6.12

/// What is asked for, and from where.
request first {
  api     kmalloc
  size    64 B
  flags   GFP_KERNEL
  context process
}

expect first { sleeps may }

`;

const WALKTHROUGH = "allocpolicy.allocpolicy#allocpolicy.first-steps";

export function registerNewFile(): Disposable[] {
  return [
    commands.registerCommand("allocpolicy.newFile", async () => {
      const document = await workspace.openTextDocument({ language: "allocpolicy", content: BEGINNING });
      const end = document.lineAt(document.lineCount - 1).range.end;
      await window.showTextDocument(document, { selection: new Range(end, end) });
    }),
    commands.registerCommand("allocpolicy.openWalkthrough", () =>
      commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH, true),
    ),
  ];
}
