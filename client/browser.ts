import { Uri, type ExtensionContext } from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";
import { CLIENT_ID, CLIENT_NAME, clientOptions, start, type AllocPolicyExtension } from "./extension.ts";

let client: LanguageClient | undefined;

/** Called by VS Code in a browser, where the server is a web worker. */
export function activate(context: ExtensionContext): Promise<AllocPolicyExtension> {
  const server = Uri.joinPath(context.extensionUri, "dist/server.js");
  client = new LanguageClient(CLIENT_ID, CLIENT_NAME, () => Promise.resolve(new Worker(server.toString(true))), clientOptions());
  return start(context, client);
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
