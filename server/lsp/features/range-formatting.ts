import type { TextEdit } from "vscode-languageserver";
import { textEdit } from "../edits.ts";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const rangeFormatting: Feature = {
  capability: () => ({ documentRangeFormattingProvider: true }),
  register(server) {
    const { connection, session, log } = server;
    const { files } = session;
    connection.onDocumentRangeFormatting(
      guarded(log, "textDocument/rangeFormatting", ({ textDocument, range }): TextEdit[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const [start, end] = [files.offset(document, range.start), files.offset(document, range.end)];
        return (kind.answers.formatting?.(workspace, key, start, end) ?? []).map((change) =>
          textEdit(server, document, change),
        );
      }),
    );
  },
};
