import type { Feature } from "../feature.ts";
import { guardedNotification } from "../guard.ts";

// The protocol's TextDocumentSyncKind.
export const INCREMENTAL = 2;

/** Some clients leave it out. */
const counted = (version: number | undefined): number | null => version ?? null;

export const textDocumentSync: Feature = {
  capability: () => ({ textDocumentSync: { openClose: true, change: INCREMENTAL, save: false } }),
  register({ connection, session, publisher, log }) {
    connection.onDidOpenTextDocument(
      guardedNotification(log, "textDocument/didOpen", ({ textDocument: { uri, languageId, version, text } }) => {
        session.open(uri, languageId, counted(version), text);
        publisher.publishSoon();
      }),
    );
    connection.onDidChangeTextDocument(
      guardedNotification(log, "textDocument/didChange", ({ textDocument, contentChanges }) => {
        session.change(textDocument.uri, counted(textDocument.version), contentChanges);
        publisher.publishSoon();
      }),
    );
    connection.onDidCloseTextDocument(
      guardedNotification(log, "textDocument/didClose", async ({ textDocument }) => {
        await publisher.close(textDocument.uri);
        await session.close(textDocument.uri);
      }),
    );
  },
};
