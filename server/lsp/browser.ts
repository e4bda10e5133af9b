import { BrowserMessageReader, BrowserMessageWriter, createConnection, ProposedFeatures } from "vscode-languageserver/browser";
import { NO_FILES } from "./host.ts";
import { startServer } from "./server.ts";

// In a web worker the global object is the port to the client.
const port: unknown = globalThis;
startServer(createConnection(ProposedFeatures.all, new BrowserMessageReader(port), new BrowserMessageWriter(port)), NO_FILES);
