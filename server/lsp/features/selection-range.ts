import type { SelectionRange } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const selectionRange: Feature = {
  capability: () => ({ selectionRangeProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.onSelectionRanges(
      guarded(log, "textDocument/selectionRange", ({ textDocument, positions }): SelectionRange[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        return positions.map((position) => {
          const spans = kind.answers.selections?.(workspace, key, files.offset(document, position)) ?? [];
          let chain: SelectionRange | undefined;
          for (const span of [...spans].reverse()) {
            const range = files.rangeIn(document, span.start, span.end);
            chain = chain === undefined ? { range } : { range, parent: chain };
          }
          return chain ?? { range: { start: position, end: position } };
        });
      }),
    );
  },
};
