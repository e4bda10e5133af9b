import type { RenameParams, WorkspaceEdit } from "vscode-languageserver";
import type { Change } from "../../service/actions.ts";
import { preparedDocument } from "../all-documents.ts";
import { workspaceEdit } from "../edits.ts";
import type { Feature } from "../feature.ts";
import { guarded, refused } from "../guard.ts";
import { onLong } from "../long-work.ts";

const NOTHING_HERE = "There is no name to rename here.";

export const rename: Feature = {
  capability: () => ({ renameProvider: { prepareProvider: true, workDoneProgress: true } }),
  register(server) {
    const { connection, session, log } = server;
    const { files } = session;
    connection.onPrepareRename(
      guarded(log, "textDocument/prepareRename", ({ textDocument, position }) => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const start = kind.answers.rename?.prepare(workspace, key, files.offset(document, position));
        if (start === undefined) throw refused(NOTHING_HERE);
        if (!start.ok) throw refused(start.why);
        return { range: files.rangeIn(document, start.range.start, start.range.end), placeholder: start.name };
      }),
    );
    onLong(
      server,
      "textDocument/rename",
      "Renaming",
      async ({ textDocument, position, newName }: RenameParams, step): Promise<WorkspaceEdit> => {
        if (typeof newName !== "string") throw refused("A rename needs a new name.");
        const { key, workspace, document, kind } = await preparedDocument(session, textDocument.uri, step);
        const renamed = kind.answers.rename?.at(workspace, key, files.offset(document, position), newName);
        if (renamed === undefined) throw refused(NOTHING_HERE);
        if (!renamed.ok) throw refused(renamed.why);
        const changes = new Map<string, Change[]>();
        for (const { uri, start, end } of renamed.places) {
          const list = changes.get(uri) ?? [];
          list.push({ start, end, text: renamed.name });
          changes.set(uri, list);
        }
        return workspaceEdit(server, workspace, changes);
      },
    );
  },
};
