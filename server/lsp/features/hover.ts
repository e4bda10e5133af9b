import type { Hover } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";
import { markup } from "../markup.ts";

export const hover: Feature = {
  capability: () => ({ hoverProvider: true }),
  register({ connection, session, log, abilities }) {
    const { files } = session;
    connection.onHover(
      guarded(log, "textDocument/hover", ({ textDocument, position }): Hover | null => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const found = kind.answers.hover?.(workspace, key, files.offset(document, position)) ?? null;
        if (found === null) return null;
        return {
          contents: markup(found.markdown, abilities()),
          range: files.rangeIn(document, found.start, found.end),
        };
      }),
    );
  },
};
