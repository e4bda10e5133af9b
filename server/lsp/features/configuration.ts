import { DidChangeConfigurationNotification } from "../library.ts";
import { askConfiguration, configureAll, SECTION } from "../configuration.ts";
import type { Feature } from "../feature.ts";
import { guardedNotification } from "../guard.ts";

/** Settings: asked of the client where that is possible, else taken from what it pushes. */
export const configuration: Feature = {
  capability: () => ({}),
  register(server) {
    const { connection, log, abilities } = server;
    connection.onDidChangeConfiguration(
      guardedNotification(log, "workspace/didChangeConfiguration", async ({ settings }) => {
        if (abilities().configuration) await askConfiguration(server);
        else if (typeof settings === "object" && settings !== null && SECTION in settings)
          configureAll(server, Reflect.get(settings, SECTION));
      }),
    );
  },
  async initialized(server) {
    const { connection, abilities } = server;
    if (abilities().registersConfiguration && abilities().configuration)
      await Promise.allSettled([
        connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION }),
      ]);
    await askConfiguration(server);
  },
};
