import type { DocumentSymbol, SymbolInformation } from "vscode-languageserver";
import type { Document } from "../../documents/document.ts";
import type { DocumentSymbol as Outlined } from "../../service/document-kind.ts";
import type { Feature } from "../feature.ts";
import type { FileTable } from "../file-table.ts";
import { guarded } from "../guard.ts";
import { SYMBOL_KIND } from "../symbol-kind.ts";

const MOST_SYMBOLS = 5000;

export const documentSymbol: Feature = {
  capability: () => ({ documentSymbolProvider: true }),
  register({ connection, session, log, abilities }) {
    const { files } = session;
    connection.onDocumentSymbol(
      guarded(log, "textDocument/documentSymbol", ({ textDocument }): DocumentSymbol[] | SymbolInformation[] => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const symbols = kind.answers.symbols?.(workspace, key, MOST_SYMBOLS) ?? [];
        if (abilities().nestedSymbols) return symbols.map((symbol) => nested(files, document, symbol));
        return symbols.map((symbol) => ({
          name: symbol.name,
          kind: SYMBOL_KIND[symbol.kind],
          location: { uri: textDocument.uri, range: files.rangeIn(document, symbol.range.start, symbol.range.end) },
        }));
      }),
    );
  },
};

function nested(files: FileTable, document: Document, symbol: Outlined): DocumentSymbol {
  return {
    name: symbol.name,
    ...(symbol.detail === "" ? {} : { detail: symbol.detail }),
    kind: SYMBOL_KIND[symbol.kind],
    range: files.rangeIn(document, symbol.range.start, symbol.range.end),
    selectionRange: files.rangeIn(document, symbol.nameRange.start, symbol.nameRange.end),
    ...(symbol.children.length === 0
      ? {}
      : { children: symbol.children.map((child) => nested(files, document, child)) }),
  };
}
