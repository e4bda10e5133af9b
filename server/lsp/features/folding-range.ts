import type { FoldingRange, FoldingRangeParams, Range } from "vscode-languageserver";
import type { Fold } from "../../service/folding.ts";
import type { Feature } from "../feature.ts";
import { longWork, UNTOLD } from "../long-work.ts";
import { RunTexts, type Asking } from "../run-texts.ts";
import { onWritten } from "../written-request.ts";

export const foldingRange: Feature = {
  capability: () => ({ foldingRangeProvider: true }),
  register(server) {
    const { session, abilities } = server;
    const folding = new RunTexts(session.files, (folds: readonly Fold[], rangeOf) =>
      folds.flatMap((fold) => foldingRangeOf(fold, rangeOf(fold.start, fold.end), abilities().lineFoldingOnly)),
    );
    onWritten<FoldingRangeParams>(server, "textDocument/foldingRange", ({ textDocument: { uri } }, token) => {
      const asking = (): Asking<Fold> => {
        const known = session.document(uri);
        const { key, workspace, kind } = known;
        const runsIn: Asking<Fold>["runsIn"] = (asked) => kind.answers.folds?.(workspace, key, asked) ?? [];
        return { known, limit: abilities().foldingLimit, runsIn };
      };
      return longWork(server, "Folds", UNTOLD, token, (step) => folding.writtenInSteps(asking, step));
    });
  },
};

/** None for a fold on one line. */
function foldingRangeOf(
  { kind, isClosed }: Fold,
  { start, end }: Range,
  lineFoldingOnly: boolean,
): readonly FoldingRange[] {
  // Where whole lines fold, the closing brace stays to be seen.
  const lastLine = lineFoldingOnly && isClosed ? end.line - 1 : end.line;
  if (lastLine <= start.line) return [];
  return [
    {
      startLine: start.line,
      endLine: lastLine,
      ...(lineFoldingOnly ? {} : { startCharacter: start.character, endCharacter: end.character }),
      ...(kind === "block" ? {} : { kind }),
    },
  ];
}
