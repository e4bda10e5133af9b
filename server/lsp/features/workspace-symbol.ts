import type { SymbolInformation, WorkspaceSymbolParams } from "vscode-languageserver";
import { matches } from "../../service/symbols.ts";
import type { Feature } from "../feature.ts";
import { upTo } from "../../service/runs.ts";
import { onLong } from "../long-work.ts";
import { SYMBOL_KIND } from "../symbol-kind.ts";

const MOST_SYMBOLS = 5000;

export const workspaceSymbol: Feature = {
  capability: () => ({ workspaceSymbolProvider: { workDoneProgress: true } }),
  register(server) {
    const { session } = server;
    const { files } = session;
    onLong(
      server,
      "workspace/symbol",
      "Looking for symbols",
      async ({ query }: WorkspaceSymbolParams, step): Promise<SymbolInformation[]> => {
        await session.scanFolders(step);
        const found: SymbolInformation[] = [];
        const all = [...session.all()];
        for (const [index, { key, workspace, document, kind }] of all.entries()) {
          await step(index, all.length);
          for (const { start, items } of kind.answers.symbols?.(workspace, key, upTo(MOST_SYMBOLS)) ?? []) {
            for (const { name, kind: of, nameRange } of items) {
              if (found.length >= MOST_SYMBOLS) return found;
              if (!matches(name, query)) continue;
              const range = files.rangeIn(document, start + nameRange.start, start + nameRange.end);
              found.push({ name, kind: SYMBOL_KIND[of], location: { uri: files.clientUri(key), range } });
            }
          }
        }
        return found;
      },
    );
  },
};
