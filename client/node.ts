import type { ExtensionContext } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { CLIENT_ID, CLIENT_NAME, clientOptions, start, type AllocPolicyExtension } from "./extension.ts";

let client: LanguageClient | undefined;

/** Called by VS Code on desktop and on remote hosts when the first policy file is opened. */
export function activate(context: ExtensionContext): Promise<AllocPolicyExtension> {
  const server = { module: context.asAbsolutePath("dist/server.js"), transport: TransportKind.ipc };
  client = new LanguageClient(CLIENT_ID, CLIENT_NAME, server, clientOptions(context));
  return start(context, client);
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
