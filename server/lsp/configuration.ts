import { ShowMessageNotification } from "./library.ts";
import type { Server } from "./feature.ts";
import { settingsProblems } from "../service/settings-problems.ts";
import { settingsOf } from "./settings.ts";

/** The section of the client's configuration. */
export const SECTION = "allocpolicy";

/** Takes the same settings for all folders, from clients that cannot be asked. */
export function configureAll(server: Server, given: unknown): void {
  const { session, publisher } = server;
  tellProblems(server, [given]);
  const settings = settingsOf(given);
  let changed = false;
  for (const folder of session.folders) changed = folder.configure(settings) || changed;
  if (changed) publisher.refresh();
}

/** Asks the client, where it can be asked, for the settings of each folder. */
export async function askConfiguration(server: Server): Promise<void> {
  const { connection, session, publisher, abilities } = server;
  if (!abilities().configuration) return;
  const { folders, files } = session;
  const answers: readonly unknown[] = await connection.workspace.getConfiguration(
    folders.map(({ uri }) =>
      uri === null ? { section: SECTION } : { section: SECTION, scopeUri: files.clientUri(uri) },
    ),
  );
  tellProblems(server, answers);
  let changed = false;
  folders.forEach((folder, index) => {
    const answer = answers[index];
    if (answer !== null && answer !== undefined) changed = folder.configure(settingsOf(answer)) || changed;
  });
  if (changed) publisher.refresh();
}

/** What the client's settings were last told to have wrong, by the connection's log. */
const told = new WeakMap<Server["connection"], string>();

/** MessageType.Warning of the protocol. */
const WARNING = 2;

/** Shows what is wrong with settings, once for each state of them. */
function tellProblems({ connection }: Server, given: readonly unknown[]): void {
  const problems = [...new Set(given.flatMap(settingsProblems))].join("\n");
  if ((told.get(connection) ?? "") === problems) return;
  told.set(connection, problems);
  if (problems !== "")
    void connection.sendNotification(ShowMessageNotification.type, { type: WARNING, message: problems });
}
