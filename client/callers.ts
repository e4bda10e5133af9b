// Who calls, in the C of the folder, what a policy is for: a page beside the policy.
import { commands, l10n, ProgressLocation, Uri, ViewColumn, window, workspace, type Disposable } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { PolicyParams } from "../protocol/requests.ts";
import { ask } from "./ask.ts";
import type { Documents } from "./documents.ts";

/** Documents of this scheme are pages; package.json has VS Code's Markdown preview show them. */
const CALLERS_SCHEME = "allocpolicy-callers";

export function registerCallers(client: BaseLanguageClient, policies: Documents): Disposable[] {
  /** By uri: a tree is read once for each time that the page is asked for. */
  const pages = new Map<string, string>();
  return [
    workspace.onDidCloseTextDocument(({ uri }) => pages.delete(uri.toString())),
    workspace.registerTextDocumentContentProvider(CALLERS_SCHEME, {
      provideTextDocumentContent: (uri) =>
        pages.get(uri.toString()) ?? l10n.t("Ask for the callers of the policy again."),
    }),
    commands.registerCommand("allocpolicy.showCallers", async () => {
      const editor = policies.activeEditor();
      if (editor === undefined)
        return void window.showInformationMessage(
          l10n.t("Open an AllocPolicy file to see who calls what its policy is for."),
        );
      const { uri } = editor.document;
      const { line, character } = editor.selection.active;
      const markdown = await pageOf(client, {
        uri: client.code2ProtocolConverter.asUri(uri),
        position: { line, character },
      });
      if (markdown === null)
        return void window.showInformationMessage(
          l10n.t("No policy that is `for` a function of the kernel stands here."),
        );
      const name = /^# Callers of `(.*)`/.exec(markdown)?.[1] ?? "policy";
      const page = Uri.from({
        scheme: CALLERS_SCHEME,
        path: `/${l10n.t("callers of {0}", name)}.md`,
        query: String(pages.size),
      });
      pages.set(page.toString(), markdown);
      await commands.executeCommand("vscode.open", page, { viewColumn: ViewColumn.Beside, preview: true });
    }),
  ];
}

/** Reads the tree, with a notice that can be cancelled; null: there is no such policy, or it was cancelled. */
async function pageOf(client: BaseLanguageClient, params: PolicyParams): Promise<string | null> {
  const title = l10n.t("AllocPolicy: looking through the C of the folder for callers");
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (_, token) => {
      const answer = await ask(client, "allocpolicy/callers", params, token);
      return answer?.markdown ?? null;
    },
  );
}
