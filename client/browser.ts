import { Uri, type ExtensionContext } from "vscode";
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  LanguageClient,
  type MessageTransports,
} from "vscode-languageclient/browser";
import { CLIENT_ID, CLIENT_NAME, clientOptions, start, type AllocPolicyExtension } from "./extension.ts";

let client: LanguageClient | undefined;
let worker: Worker | undefined;

/** A new worker for each start, so that the server can be restarted. */
function startWorker(server: Uri): Promise<MessageTransports> {
  worker?.terminate();
  // Its name tells it where it comes from, which a worker that VS Code starts for another origin cannot see.
  worker = new Worker(server.toString(true), { name: server.toString() });
  return Promise.resolve({ reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) });
}

/** Called by VS Code in a browser, where the server is a web worker. */
export function activate(context: ExtensionContext): Promise<AllocPolicyExtension> {
  const server = Uri.joinPath(context.extensionUri, "dist/server/whole.js");
  client = new LanguageClient(CLIENT_ID, CLIENT_NAME, () => startWorker(server), clientOptions(context));
  return start(context, client);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  worker?.terminate();
}
