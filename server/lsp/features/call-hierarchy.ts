import type {
  CallHierarchyIncomingCall,
  CallHierarchyIncomingCallsParams,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  SymbolKind,
} from "vscode-languageserver";
import type { Workspace } from "../../documents/workspace.ts";
import type { HierarchyItem } from "../../service/call-hierarchy.ts";
import { preparedDocument } from "../all-documents.ts";
import type { Feature, Server } from "../feature.ts";
import { guarded } from "../guard.ts";
import { onLong } from "../long-work.ts";

/** SymbolKind.Class of the protocol: as the outline shows requests. */
const REQUEST: SymbolKind = 5;

/** Requests lead to others by `fallback` and `like`. */
export const callHierarchy: Feature = {
  capability: () => ({ callHierarchyProvider: { workDoneProgress: true } }),
  register(server) {
    const { connection, session, log } = server;
    const { files } = session;
    const { callHierarchy: hierarchy } = connection.languages;
    hierarchy.onPrepare(
      guarded(log, "textDocument/prepareCallHierarchy", ({ textDocument, position }): CallHierarchyItem[] | null => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const item = kind.answers.hierarchy?.itemAt(workspace, key, files.offset(document, position)) ?? null;
        return item === null ? null : [protocolItem(server, workspace, item)];
      }),
    );
    onLong(
      server,
      "callHierarchy/incomingCalls",
      "Looking for callers",
      async ({ item }: CallHierarchyIncomingCallsParams, step): Promise<CallHierarchyIncomingCall[]> => {
        const { key, workspace, document, kind } = await preparedDocument(session, item.uri, step);
        const calls = kind.answers.hierarchy?.incoming(
          workspace,
          key,
          files.offset(document, item.selectionRange.start),
        );
        return (calls ?? []).map((call) => ({
          from: protocolItem(server, workspace, call.item),
          fromRanges: call.from.map(({ start, end }) => files.range(workspace, call.item.uri, start, end)),
        }));
      },
    );
    hierarchy.onOutgoingCalls(
      guarded(log, "callHierarchy/outgoingCalls", ({ item }): CallHierarchyOutgoingCall[] => {
        const { key, workspace, document, kind } = session.document(item.uri);
        const calls = kind.answers.hierarchy?.outgoing(
          workspace,
          key,
          files.offset(document, item.selectionRange.start),
        );
        return (calls ?? []).map((call) => ({
          to: protocolItem(server, workspace, call.item),
          fromRanges: call.from.map(({ start, end }) => files.range(workspace, key, start, end)),
        }));
      }),
    );
  },
};

function protocolItem(
  { session: { files } }: Server,
  workspace: Workspace,
  { uri, name, detail, range, nameRange }: HierarchyItem,
): CallHierarchyItem {
  return {
    name,
    kind: REQUEST,
    ...(detail === "" ? {} : { detail }),
    uri: files.clientUri(uri),
    range: files.range(workspace, uri, range.start, range.end),
    selectionRange: files.range(workspace, uri, nameRange.start, nameRange.end),
  };
}
