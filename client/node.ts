import { commands, Uri, window, workspace, type ExtensionContext } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { CLIENT_ID, CLIENT_NAME, clientOptions, start, type AllocPolicyExtension } from "./extension.ts";

/** Of the extension host, which is Node here. */
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** Remembers that the first steps were shown. */
const SHOWN = "first-steps-shown";

let client: LanguageClient | undefined;

/** Called by VS Code on desktop and on remote hosts when the first policy file is opened. */
export function activate(context: ExtensionContext): Promise<AllocPolicyExtension> {
  // Through the program's door, which keeps what was compiled: the next start is a third cheaper.
  const server = {
    module: context.asAbsolutePath("dist/allocpolicy.cjs"),
    args: ["lsp"],
    // On streams the server sends what it has as text as it is; Node's own channel takes objects.
    transport: TransportKind.stdio,
  };
  client = new LanguageClient(CLIENT_ID, CLIENT_NAME, server, clientOptions(context));
  const started = start(context, client);
  // As in scripts/start.ts: who runs `npm start` for the first time is shown what to do, and where.
  const file = process.env.ALLOCPOLICY_FIRST_FILE;
  if (file !== undefined && context.globalState.get(SHOWN) !== true) {
    void started.then(() => showFirstSteps(file));
    void context.globalState.update(SHOWN, true);
  }
  return started;
}

async function showFirstSteps(file: string): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (folder !== undefined) await window.showTextDocument(Uri.joinPath(folder, file), { preview: false });
  await commands.executeCommand("allocpolicy.openWalkthrough");
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
