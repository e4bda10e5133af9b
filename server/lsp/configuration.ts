import type { Server } from "./feature.ts";
import { settingsOf } from "./settings.ts";

/** The section of the client's configuration. */
export const SECTION = "allocpolicy";

/** Takes the same settings for all folders, from clients that cannot be asked. */
export function configureAll({ session, publisher }: Server, given: unknown): void {
  const settings = settingsOf(given);
  let changed = false;
  for (const folder of session.folders) changed = folder.configure(settings) || changed;
  if (changed) publisher.refresh();
}

/** Asks the client, where it can be asked, for the settings of each folder. */
export async function askConfiguration({ connection, session, publisher, abilities }: Server): Promise<void> {
  if (!abilities().configuration) return;
  const { folders, files } = session;
  const answers: readonly unknown[] = await connection.workspace.getConfiguration(
    folders.map(({ uri }) =>
      uri === null ? { section: SECTION } : { section: SECTION, scopeUri: files.clientUri(uri) },
    ),
  );
  let changed = false;
  folders.forEach((folder, index) => {
    const answer = answers[index];
    if (answer !== null && answer !== undefined) changed = folder.configure(settingsOf(answer)) || changed;
  });
  if (changed) publisher.refresh();
}
