import type { Location } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const definition: Feature = {
  capability: () => ({ definitionProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.onDefinition(
      guarded(log, "textDocument/definition", ({ textDocument, position }): Location | null => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const found = kind.answers.definition?.(workspace, key, files.offset(document, position)) ?? null;
        if (found === null) return null;
        const { uri, start, end } = found.target;
        return { uri: files.clientUri(uri), range: files.range(workspace, uri, start, end) };
      }),
    );
  },
};
