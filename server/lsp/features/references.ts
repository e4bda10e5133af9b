import type { Location } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

export const references: Feature = {
  capability: () => ({ referencesProvider: true }),
  register({ connection, session, log }) {
    const { files } = session;
    connection.onReferences(
      guarded(log, "textDocument/references", async ({ textDocument, position, context }): Promise<Location[]> => {
        await session.scanFolders();
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        return (kind.answers.uses?.(workspace, key, files.offset(document, position)) ?? [])
          .filter((reference) => context.includeDeclaration || !reference.declares)
          .map(({ uri, start, end }) => ({
            uri: files.clientUri(uri),
            range: files.range(workspace, uri, start, end),
          }));
      }),
    );
  },
};
