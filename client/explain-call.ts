// What the kernel may do behind a call in C, as a page beside the code.
import { commands, l10n, Uri, ViewColumn, window, workspace, type Disposable } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { ask } from "./ask.ts";

/** Documents of this scheme are pages; package.json has VS Code's Markdown preview show them. */
const CALL_SCHEME = "allocpolicy-call";

interface AskedCall {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

export function registerExplainCall(client: BaseLanguageClient): Disposable[] {
  return [
    workspace.registerTextDocumentContentProvider(CALL_SCHEME, {
      async provideTextDocumentContent({ query }) {
        const { uri, line, character }: AskedCall = JSON.parse(query);
        const page = await ask(client, "allocpolicy/explainCall", { uri, position: { line, character } });
        return page?.markdown ?? l10n.t("No call that allocates is there any more.");
      },
    }),
    commands.registerCommand("allocpolicy.explainCall", () => explainCall(client)),
  ];
}

async function explainCall(client: BaseLanguageClient): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined) return nothingThere();
  const { line, character } = editor.selection.active;
  const asked: AskedCall = { uri: client.code2ProtocolConverter.asUri(editor.document.uri), line, character };
  const page = await ask(client, "allocpolicy/explainCall", { uri: asked.uri, position: { line, character } });
  if (page === null) return nothingThere();
  const name = editor.document.uri.path.slice(editor.document.uri.path.lastIndexOf("/") + 1);
  const uri = Uri.from({ scheme: CALL_SCHEME, path: `/${name}:${line + 1}.md`, query: JSON.stringify(asked) });
  await commands.executeCommand("vscode.open", uri, { viewColumn: ViewColumn.Beside, preview: true });
}

async function nothingThere(): Promise<void> {
  await window.showInformationMessage(
    l10n.t("No call that allocates stands at the cursor, or the file is none of a Linux kernel's."),
  );
}
