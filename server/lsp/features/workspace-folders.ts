import { askConfiguration } from "../configuration.ts";
import type { Feature } from "../feature.ts";
import { guardedNotification } from "../guard.ts";

export const workspaceFolders: Feature = {
  capability: (abilities) =>
    abilities.workspaceFolders
      ? { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } }
      : {},
  register() {},
  initialized(server) {
    const { connection, session, publisher, log, abilities } = server;
    if (!abilities().workspaceFolders) return;
    // The connection takes the handler only from a client that has folders.
    connection.workspace.onDidChangeWorkspaceFolders(
      guardedNotification(log, "workspace/didChangeWorkspaceFolders", async ({ added, removed }) => {
        session.changeFolders(
          added.map((folder) => folder.uri),
          removed.map((folder) => folder.uri),
        );
        await askConfiguration(server);
        publisher.refresh();
      }),
    );
  },
};
