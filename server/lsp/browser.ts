import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
  type Message,
} from "vscode-languageserver/browser";
import { NO_FILES } from "./host.ts";
import { inTurn } from "./lifecycle.ts";
import type { startServer } from "./server.ts";
import { asObjects } from "./written.ts";

/** A page is sent objects. */
class PageWriter extends BrowserMessageWriter {
  override write(message: Message): Promise<void> {
    return super.write(asObjects(message));
  }
}

/** Serves the page that started this web worker: the global object is the port to it. */
export function serve(start: typeof startServer): void {
  const port: unknown = globalThis;
  start(
    createConnection(ProposedFeatures.all, new BrowserMessageReader(port), new PageWriter(port), inTurn()),
    NO_FILES,
  );
}
