import type { WorkspaceEdit } from "vscode-languageserver";
import { filePatterns } from "../../service/document-kind.ts";
import { importChanges } from "../../service/file-renames.ts";
import { workspaceEdit } from "../edits.ts";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";

/** Imports follow files that get another name. */
export const renameFiles: Feature = {
  capability: (_, kinds) => ({
    workspace: {
      fileOperations: {
        willRename: {
          filters: [
            ...filePatterns(kinds).map((glob) => ({ pattern: { glob } })),
            { pattern: { glob: "**", matches: "folder" } },
          ],
        },
      },
    },
  }),
  register(server) {
    const { connection, session, log } = server;
    connection.workspace.onWillRenameFiles(
      guarded(log, "workspace/willRenameFiles", async ({ files: renamed }): Promise<WorkspaceEdit | null> => {
        await session.scanFolders();
        const renames = renamed.map(({ oldUri, newUri }) => ({
          oldUri: session.files.key(oldUri),
          newUri: session.files.key(newUri),
        }));
        const [first] = renames;
        if (first === undefined) return null;
        const { workspace } = session.folder(first.oldUri);
        const changes = importChanges(workspace, renames);
        return changes.size === 0 ? null : workspaceEdit(server, workspace, changes);
      }),
    );
  },
};
