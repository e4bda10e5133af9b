import type { DocumentSelector } from "vscode-languageserver";
import {
  CodeActionRequest,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  HoverRequest,
  InlayHintRequest,
} from "../library.ts";
import type { DocumentKind } from "../../service/document-kind.ts";
import { INCREMENTAL } from "./text-document-sync.ts";
import type { Feature } from "../feature.ts";

/**
 * Documents of languages that other servers own: the client is asked for them one feature at a time, so that nothing
 * else is asked of this server. Clients that cannot register later are told which documents to send by their user.
 */
export const guestDocuments: Feature = {
  capability: () => ({}),
  register: () => undefined,
  async initialized({ connection: { client }, kinds, abilities }) {
    const { registersDocuments, pullsDiagnostics } = abilities();
    if (!registersDocuments) return;
    await Promise.all(
      kinds.flatMap((kind) => {
        const documentSelector = selectorOf(kind);
        if (documentSelector === null) return [];
        const { answers } = kind;
        return [
          client.register(DidOpenTextDocumentNotification.type, { documentSelector }),
          client.register(DidChangeTextDocumentNotification.type, { documentSelector, syncKind: INCREMENTAL }),
          client.register(DidCloseTextDocumentNotification.type, { documentSelector }),
          ...(answers.hover === undefined ? [] : [client.register(HoverRequest.type, { documentSelector })]),
          ...(answers.hints === undefined ? [] : [client.register(InlayHintRequest.type, { documentSelector })]),
          ...(answers.actions === undefined
            ? []
            : [client.register(CodeActionRequest.type, { documentSelector, codeActionKinds: ["quickfix"] })]),
          ...(answers.findings === undefined || !pullsDiagnostics
            ? []
            : [
                client.register(DocumentDiagnosticRequest.type, {
                  documentSelector,
                  identifier: `allocpolicy-${kind.name}`,
                  interFileDependencies: true,
                  workspaceDiagnostics: false,
                }),
              ]),
        ];
      }),
    );
  },
};

function selectorOf({ guest }: DocumentKind): DocumentSelector | null {
  if (guest === null) return null;
  return Object.entries(guest).map(([language, pattern]) => (pattern === null ? { language } : { language, pattern }));
}
