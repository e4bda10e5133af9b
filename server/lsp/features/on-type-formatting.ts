import type { TextEdit } from "vscode-languageserver";
import { textEdit } from "../edits.ts";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const onTypeFormatting: Feature = {
  capability(_, kinds) {
    const [first, ...more] = new Set(kinds.flatMap(({ answers }) => answers.onTypeFormatting?.after ?? []));
    return first === undefined
      ? {}
      : { documentOnTypeFormattingProvider: { firstTriggerCharacter: first, moreTriggerCharacter: more } };
  },
  register(server) {
    const { connection, session, log } = server;
    const { files } = session;
    connection.onDocumentOnTypeFormatting(
      guarded(log, "textDocument/onTypeFormatting", ({ textDocument, position }): TextEdit[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        return (kind.answers.onTypeFormatting?.at(workspace, key, files.offset(document, position)) ?? []).map(
          (change) => textEdit(server, document, change),
        );
      }),
    );
  },
};
