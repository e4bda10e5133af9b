import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
  type Message,
} from "vscode-languageserver/browser";
import { eachRequest } from "./each-request.ts";
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
  const { reader, writer } = eachRequest({ reader: new BrowserMessageReader(port), writer: new PageWriter(port) });
  start(createConnection(ProposedFeatures.all, reader, writer, inTurn()), NO_FILES);
}
