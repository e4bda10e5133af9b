import type { Location, TextDocumentPositionParams } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

/** A name is declared where it is defined, and editors have a key for either. */
export const definition: Feature = {
  capability: () => ({ definitionProvider: true, declarationProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    const targetAt = ({ textDocument, position }: TextDocumentPositionParams): Location | null => {
      const { key, workspace, document, kind } = session.document(textDocument.uri);
      const found = kind.answers.definition?.(workspace, key, files.offset(document, position)) ?? null;
      if (found === null) return null;
      const { uri, start, end } = found.target;
      return { uri: files.clientUri(uri), range: files.range(workspace, uri, start, end) };
    };
    connection.onDefinition(guarded(log, "textDocument/definition", targetAt));
    connection.onDeclaration(guarded(log, "textDocument/declaration", targetAt));
  },
};
