import type { SymbolInformation } from "vscode-languageserver";
import { matches } from "../../service/symbols.ts";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";
import { SYMBOL_KIND } from "../symbol-kind.ts";

const MOST_SYMBOLS = 5000;

export const workspaceSymbol: Feature = {
  capability: () => ({ workspaceSymbolProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.onWorkspaceSymbol(
      guarded(log, "workspace/symbol", async ({ query }): Promise<SymbolInformation[]> => {
        await session.scanFolders();
        const found: SymbolInformation[] = [];
        for (const { key, workspace, document, kind } of session.all()) {
          for (const { start, items } of kind.answers.symbols?.(workspace, key, MOST_SYMBOLS) ?? []) {
            for (const { name, kind: of, nameRange } of items) {
              if (found.length >= MOST_SYMBOLS) return found;
              if (!matches(name, query)) continue;
              const range = files.rangeIn(document, start + nameRange.start, start + nameRange.end);
              found.push({ name, kind: SYMBOL_KIND[of], location: { uri: files.clientUri(key), range } });
            }
          }
        }
        return found;
      }),
    );
  },
};
