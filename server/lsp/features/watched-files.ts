import { DidChangeWatchedFilesNotification } from "../library.ts";
import { filePatterns } from "../../service/document-kind.ts";
import type { Feature } from "../feature.ts";
import { guardedNotification } from "../guard.ts";

/** The client is asked to watch the files of all kinds; it has no capability for that. */
export const watchedFiles: Feature = {
  capability: () => ({}),
  register({ connection, session, log }) {
    connection.onDidChangeWatchedFiles(
      guardedNotification(log, "workspace/didChangeWatchedFiles", async ({ changes }) => {
        const keys = new Set(changes.map((change) => session.files.key(change.uri)));
        await Promise.all([...keys].map((key) => session.reread(key)));
      }),
    );
  },
  async initialized({ connection, kinds, abilities }) {
    if (!abilities().registersWatchers) return;
    const watchers = filePatterns(kinds).map((globPattern) => ({ globPattern }));
    await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  },
};
