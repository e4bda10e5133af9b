import type { SignatureHelp } from "vscode-languageserver";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";
import { markup } from "../markup.ts";

export const signatureHelp: Feature = {
  capability: (_, kinds) => ({
    signatureHelpProvider: {
      triggerCharacters: [...new Set(kinds.flatMap(({ answers }) => answers.signature?.triggers ?? []))],
    },
  }),
  register({ connection, session, log, abilities }) {
    const { files } = session;
    connection.onSignatureHelp(
      guarded(log, "textDocument/signatureHelp", ({ textDocument, position }): SignatureHelp | null => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const found = kind.answers.signature?.at(workspace, key, files.offset(document, position)) ?? null;
        if (found === null) return null;
        const { label, parameters, active, documentation } = found;
        return {
          signatures: [
            {
              label,
              parameters: parameters.map(({ start, end }) => ({ label: [start, end] })),
              ...(documentation === null ? {} : { documentation: markup(documentation, abilities()) }),
            },
          ],
          activeSignature: 0,
          // One that there is not marks none.
          activeParameter: active ?? parameters.length,
        };
      }),
    );
  },
};
