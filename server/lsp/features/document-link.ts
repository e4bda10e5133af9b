import type { DocumentLink } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

const MOST_LINKS = 1000;

export const documentLink: Feature = {
  capability: () => ({ documentLinkProvider: {} }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.onDocumentLinks(
      guarded(log, "textDocument/documentLink", ({ textDocument }): DocumentLink[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        return (kind.answers.links?.(workspace, key, MOST_LINKS) ?? []).map((link) => ({
          range: files.rangeIn(document, link.start, link.end),
          target: link.target.kind === "file" ? files.clientUri(link.target.uri) : link.target.url,
          tooltip: link.tooltip,
        }));
      }),
    );
  },
};
