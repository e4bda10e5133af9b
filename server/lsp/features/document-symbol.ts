import type { DocumentSymbol, DocumentSymbolParams, SymbolInformation } from "vscode-languageserver";
import type { DocumentSymbol as Outlined } from "../../service/document-kind.ts";
import { upTo } from "../../service/runs.ts";
import type { Feature } from "../feature.ts";
import type { FileTable } from "../file-table.ts";
import { longWork, UNTOLD } from "../long-work.ts";
import { RunTexts, type Asking, type RangeOf } from "../run-texts.ts";
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
    onWritten<DocumentSymbolParams>(server, "textDocument/documentSymbol", ({ textDocument: { uri } }, token) => {
      const asking = (): Asking<Outlined> => {
        const known = session.document(uri);
        const { key, workspace, kind } = known;
        return {
          known,
          limit: MOST_SYMBOLS,
          runsIn: (asked) => kind.answers.symbols?.(workspace, key, asked) ?? [],
        };
      };
      if (!abilities().nestedSymbols) return new Written(JSON.stringify(flat(files, uri, asking())));
      return longWork(server, "Outline", UNTOLD, token, (step) => outline.writtenInSteps(asking, step));
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

function flat(files: FileTable, uri: string, { known, limit, runsIn }: Asking<Outlined>): readonly SymbolInformation[] {
  return runsIn(upTo(limit)).flatMap(({ start, items }) =>
    items.map(({ name, kind, range }) => ({
      name,
      kind: SYMBOL_KIND[kind],
      location: { uri, range: files.rangeIn(known.document, start + range.start, start + range.end) },
    })),
  );
}
