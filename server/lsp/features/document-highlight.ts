import type { DocumentHighlight } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const documentHighlight: Feature = {
  capability: () => ({ documentHighlightProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.onDocumentHighlight(
      guarded(log, "textDocument/documentHighlight", ({ textDocument, position }): DocumentHighlight[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        return (kind.answers.highlights?.(workspace, key, files.offset(document, position)) ?? []).map((each) => ({
          range: files.rangeIn(document, each.start, each.end),
          kind: each.declares ? WRITE : READ,
        }));
      }),
    );
  },
};

// The protocol's DocumentHighlightKind.
const READ = 2;
const WRITE = 3;
