import type { LinkedEditingRanges } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const linkedEditingRange: Feature = {
  capability: () => ({ linkedEditingRangeProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.languages.onLinkedEditingRange(
      guarded(log, "textDocument/linkedEditingRange", ({ textDocument, position }): LinkedEditingRanges | null => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const ranges = kind.answers.linkedRanges?.(workspace, key, files.offset(document, position)) ?? [];
        return ranges.length < 2
          ? null
          : {
              ranges: ranges.map(({ start, end }) => files.rangeIn(document, start, end)),
              wordPattern: "[A-Za-z_]\\w*",
            };
      }),
    );
  },
};
