import type { TextEdit } from "vscode-languageserver";
import { textEdit } from "../edits.ts";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const formatting: Feature = {
  capability: () => ({ documentFormattingProvider: true }),
  register(server) {
    const { connection, session, log } = server;
    connection.onDocumentFormatting(
      guarded(log, "textDocument/formatting", ({ textDocument }): TextEdit[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        return (kind.answers.formatting?.(workspace, key, 0, document.text.length) ?? []).map((change) =>
          textEdit(server, document, change),
        );
      }),
    );
  },
};
