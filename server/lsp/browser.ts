import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from "vscode-languageserver/browser";
import { NO_FILES } from "./host.ts";
import { inTurn } from "./lifecycle.ts";
import type { startServer } from "./server.ts";

/** Serves the page that started this web worker: the global object is the port to it. */
export function serve(start: typeof startServer): void {
  const port: unknown = globalThis;
  start(
    createConnection(ProposedFeatures.all, new BrowserMessageReader(port), new BrowserMessageWriter(port), inTurn()),
    NO_FILES,
  );
}
