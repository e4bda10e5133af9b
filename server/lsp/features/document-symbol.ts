import type { DocumentSymbol, DocumentSymbolParams, SymbolInformation } from "vscode-languageserver";
import type { DocumentSymbol as Outlined } from "../../service/document-kind.ts";
import { upTo, type Asked, type Run } from "../../service/runs.ts";
import type { Feature } from "../feature.ts";
import { RunTexts, type RangeOf } from "../run-texts.ts";
import { SYMBOL_KIND } from "../symbol-kind.ts";
import { onWritten } from "../written-request.ts";
import { Written } from "../written.ts";

const MOST_SYMBOLS = 5000;

export const documentSymbol: Feature = {
  capability: () => ({ documentSymbolProvider: true }),
  register(server) {
    const { session, abilities } = server;
    const { files } = session;
    const outline = new RunTexts(files, (symbols: readonly Outlined[], rangeOf) =>
      symbols.map((symbol) => nested(symbol, rangeOf)),
    );
    onWritten<DocumentSymbolParams>(server, "textDocument/documentSymbol", ({ textDocument: { uri } }) => {
      const known = session.document(uri);
      const { key, workspace, document, kind } = known;
      const runsIn = (asked: Asked): readonly Run<Outlined>[] => kind.answers.symbols?.(workspace, key, asked) ?? [];
      if (abilities().nestedSymbols) return outline.writtenOf(known, MOST_SYMBOLS, runsIn);
      const flat = runsIn(upTo(MOST_SYMBOLS)).flatMap(({ start, items }) =>
        items.map(
          ({ name, kind: of, range }): SymbolInformation => ({
            name,
            kind: SYMBOL_KIND[of],
            location: { uri, range: files.rangeIn(document, start + range.start, start + range.end) },
          }),
        ),
      );
      return new Written(JSON.stringify(flat));
    });
  },
};

function nested(symbol: Outlined, rangeOf: RangeOf): DocumentSymbol {
  return {
    name: symbol.name,
    ...(symbol.detail === "" ? {} : { detail: symbol.detail }),
    kind: SYMBOL_KIND[symbol.kind],
    range: rangeOf(symbol.range.start, symbol.range.end),
    selectionRange: rangeOf(symbol.nameRange.start, symbol.nameRange.end),
    ...(symbol.children.length === 0 ? {} : { children: symbol.children.map((child) => nested(child, rangeOf)) }),
  };
}
