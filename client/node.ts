import { commands, type ExtensionContext } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { CLIENT_ID, CLIENT_NAME, clientOptions, start, type AllocPolicyExtension } from "./extension.ts";

/** Of the extension host, which is Node here. */
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** Remembers that the first steps were shown. */
const SHOWN = "first-steps-shown";

let client: LanguageClient | undefined;

/** Called by VS Code on desktop and on remote hosts when the first policy file is opened. */
export function activate(context: ExtensionContext): Promise<AllocPolicyExtension> {
  const server = { module: context.asAbsolutePath("dist/server.js"), transport: TransportKind.ipc };
  client = new LanguageClient(CLIENT_ID, CLIENT_NAME, server, clientOptions(context));
  const started = start(context, client);
  // As in scripts/start.ts: who runs `npm start` for the first time is shown what to do.
  if (process.env.ALLOCPOLICY_FIRST_STEPS === "1" && context.globalState.get(SHOWN) !== true) {
    void started.then(() => commands.executeCommand("allocpolicy.openWalkthrough"));
    void context.globalState.update(SHOWN, true);
  }
  return started;
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
