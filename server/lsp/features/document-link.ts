import type { DocumentLink } from "vscode-languageserver";
import { isInside, rootsFor } from "../../documents/roots.ts";
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
        const roots = rootsFor(workspace.roots, key);
        const links = kind.answers.links?.(workspace, key, MOST_LINKS) ?? [];
        // The editor opens what it is given, commands among it: of the text's own words only files of the workspace.
        const safe = links.filter(({ target }) => target.kind === "web" || isInside(roots, target.uri));
        return safe.map((link) => ({
          range: files.rangeIn(document, link.start, link.end),
          target: link.target.kind === "file" ? files.clientUri(link.target.uri) : link.target.url,
          tooltip: link.tooltip,
        }));
      }),
    );
  },
};
