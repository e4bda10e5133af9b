import type { Location, ReferenceParams } from "vscode-languageserver";
import { preparedDocument } from "../all-documents.ts";
import type { Feature } from "../feature.ts";
import { onLong } from "../long-work.ts";

export const references: Feature = {
  capability: () => ({ referencesProvider: { workDoneProgress: true } }),
  register(server) {
    const { session } = server;
    const { files } = session;
    onLong(
      server,
      "textDocument/references",
      "Looking for references",
      async ({ textDocument, position, context }: ReferenceParams, step): Promise<Location[]> => {
        const { key, workspace, document, kind } = await preparedDocument(session, textDocument.uri, step);
        return (kind.answers.uses?.(workspace, key, files.offset(document, position)) ?? [])
          .filter((reference) => context.includeDeclaration || !reference.declares)
          .map(({ uri, start, end }) => ({
            uri: files.clientUri(uri),
            range: files.range(workspace, uri, start, end),
          }));
      },
    );
  },
};
