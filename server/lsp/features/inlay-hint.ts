import type { InlayHint } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

const MOST_HINTS = 2000;

export const inlayHint: Feature = {
  capability: () => ({ inlayHintProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.languages.inlayHint.on(
      guarded(log, "textDocument/inlayHint", ({ textDocument, range }): InlayHint[] => {
        const { key, workspace, document, kind, folder } = session.document(textDocument.uri);
        if (!folder.settings.inlayHints) return [];
        const [start, end] = [files.offset(document, range.start), files.offset(document, range.end)];
        return (kind.answers.hints?.(workspace, key, start, end, MOST_HINTS) ?? []).map((hint) => ({
          position: files.rangeIn(document, hint.offset, hint.offset).start,
          label: hint.text,
          paddingLeft: true,
        }));
      }),
    );
  },
};
