import type { FoldingRange, Range } from "vscode-languageserver";
import type { Fold } from "../../service/folding.ts";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const foldingRange: Feature = {
  capability: () => ({ foldingRangeProvider: true }),
  register({ connection, session, log, abilities }) {
    const { files } = session;
    connection.onFoldingRanges(
      guarded(log, "textDocument/foldingRange", ({ textDocument }): FoldingRange[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const { foldingLimit, lineFoldingOnly } = abilities();
        return (kind.answers.folds?.(workspace, key, foldingLimit) ?? []).flatMap((fold) => {
          const range = files.rangeIn(document, fold.start, fold.end);
          // Where whole lines fold, the closing brace stays to be seen.
          const keepsLastLine = lineFoldingOnly && fold.kind === "block" && document.text[fold.end - 1] === "}";
          return foldingRangeOf(fold, range, keepsLastLine ? range.end.line - 1 : range.end.line, lineFoldingOnly);
        });
      }),
    );
  },
};

/** None for a fold on one line. */
function foldingRangeOf(
  fold: Fold,
  { start, end }: Range,
  lastLine: number,
  lineFoldingOnly: boolean,
): readonly FoldingRange[] {
  if (lastLine <= start.line) return [];
  return [
    {
      startLine: start.line,
      endLine: lastLine,
      ...(lineFoldingOnly ? {} : { startCharacter: start.character, endCharacter: end.character }),
      ...(fold.kind === "block" ? {} : { kind: fold.kind }),
    },
  ];
}
