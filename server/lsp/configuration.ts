import { ShowMessageNotification } from "./library.ts";
import type { Server } from "./feature.ts";
import type { Folder } from "./folders.ts";
import { settingsProblems } from "../service/settings-problems.ts";
import { settingsOf } from "./settings.ts";

/** The section of the client's configuration. */
export const SECTION = "allocpolicy";

/** Takes the same settings for all folders, from clients that cannot be asked. */
export function configureAll(server: Server, given: unknown): void {
  const { session, publisher } = server;
  tellProblems(server, settingsProblems(given));
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
  tellProblems(server, problemsOf(folders, answers));
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

/** The workspace as a whole, and its only folder. */
const ONE_FOLDER = 2;

/** What is wrong with settings; where one folder of several has it alone, with the folder's name. */
function problemsOf(folders: readonly Folder[], answers: readonly unknown[]): readonly string[] {
  const ofAll = new Set(folders.flatMap(({ uri }, index) => (uri === null ? settingsProblems(answers[index]) : [])));
  return folders.flatMap(({ uri }, index) =>
    settingsProblems(answers[index]).map((problem) =>
      uri === null || ofAll.has(problem) || folders.length <= ONE_FOLDER
        ? problem
        : `${uri.slice(uri.lastIndexOf("/") + 1)}: ${problem}`,
    ),
  );
}

/** Shows what is wrong with settings, once for each state of them. */
function tellProblems({ connection }: Server, found: readonly string[]): void {
  const problems = [...new Set(found)].join("\n");
  if ((told.get(connection) ?? "") === problems) return;
  told.set(connection, problems);
  if (problems !== "")
    void connection.sendNotification(ShowMessageNotification.type, { type: WARNING, message: problems });
}
