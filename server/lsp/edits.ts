import type { TextEdit, WorkspaceEdit } from "vscode-languageserver";
import type { Document } from "../documents/document.ts";
import type { Workspace } from "../documents/workspace.ts";
import type { Change } from "../service/actions.ts";
import type { Server } from "./feature.ts";

/** A change of a document as the protocol has it. */
export function textEdit({ session: { files } }: Server, document: Document, change: Change): TextEdit {
  return { range: files.rangeIn(document, change.start, change.end), newText: change.text };
}

/**
 * Changes of several documents, by key, in the form that the client understands; those of documents that are gone are
 * left out.
 */
export function workspaceEdit(
  server: Server,
  workspace: Workspace,
  changes: ReadonlyMap<string, readonly Change[]>,
): WorkspaceEdit {
  const { session, abilities } = server;
  const edits = [...changes].flatMap(([key, list]) => {
    const document = workspace.documents.get(key);
    return document === undefined
      ? []
      : [{ key, uri: session.files.clientUri(key), edits: list.map((change) => textEdit(server, document, change)) }];
  });
  if (!abilities().documentChanges) return { changes: Object.fromEntries(edits.map((each) => [each.uri, each.edits])) };
  return {
    documentChanges: edits.map((each) => ({
      textDocument: { uri: each.uri, version: session.versionOf(each.key) },
      edits: each.edits,
    })),
  };
}
