import type { Connection, InitializeParams, InitializeResult } from "vscode-languageserver";
import type { DocumentKind } from "../service/document-kind.ts";
import { DOCUMENT_KINDS } from "../service/kinds/index.ts";
import { abilitiesOf, type Abilities } from "./abilities.ts";
import { configureAll } from "./configuration.ts";
import { Reports } from "./diagnostics.ts";
import { capabilitiesOf, type AbilitiesThatCount, type Server } from "./feature.ts";
import { FEATURES } from "./features/index.ts";
import { finisherOf } from "./finisher.ts";
import type { InitializeResults } from "./first-answer.ts";
import { guardedNotification, type Log } from "./guard.ts";
import type { Host } from "./host.ts";
import { refuseOutOfTurn } from "./lifecycle.ts";
import { publisherOf, type Publisher } from "./publisher.ts";
import { Session } from "./session.ts";
import { warmUp } from "./warm-up.ts";

/** Serves one client on a connection, until it ends. Nothing is parsed or built before `initialize` is answered. */
export function startServer(connection: Connection, host: Host, kinds: readonly DocumentKind[] = DOCUMENT_KINDS): void {
  const log: Log = { error: (message) => connection.console.error(message) };
  let known: Abilities = abilitiesOf({});
  let isStopped = false;
  const abilities = (): Abilities => known;
  const session: Session = new Session(host, kinds, () => publisher.refresh());
  const reports = new Reports(session, () => known.diagnostics);
  const publisher: Publisher = publisherOf(connection, log, session, reports, abilities);
  const finisher = finisherOf(connection, log, session);
  const now = host.now ?? Date.now;
  const server: Server = { connection, session, kinds, publisher, reports, finisher, log, now, abilities };

  connection.onInitialize((params) => {
    known = abilitiesOf(params.capabilities, host.rulePages);
    session.changeFolders(foldersOf(params), []);
    const given: unknown = params.initializationOptions;
    if (typeof given === "object" && given !== null && "settings" in given) configureAll(server, given.settings);
    return initializeResult(known, kinds);
  });
  connection.onInitialized(
    guardedNotification(log, "initialized", async () => {
      void warmUp(
        kinds,
        (name) => session.hasBeside(name),
        () => session.openDocuments().length === 0 && !isStopped,
      ).then((isReady) => {
        if (isReady) host.ready?.();
      });
      // A client that refuses what one feature asks of it loses that feature only.
      await Promise.allSettled(FEATURES.map(async (feature) => feature.initialized?.(server)));
    }),
  );
  connection.onShutdown(() => {
    isStopped = true;
    publisher.stop();
    finisher.stop();
  });

  refuseOutOfTurn(connection, log);
  for (const feature of FEATURES) feature.register(server);
  connection.listen();
}

/** The answer to `initialize`, but for what the library adds to it. */
function initializeResult(abilities: AbilitiesThatCount, kinds: readonly DocumentKind[]): InitializeResult {
  return { capabilities: capabilitiesOf(FEATURES, abilities, kinds), serverInfo: { name: "allocpolicy" } };
}

/** All answers to `initialize` that there are, for who answers before this is loaded. */
export function initializeResults(): InitializeResults {
  const yesAndNo = [false, true];
  return yesAndNo.flatMap((pullsDiagnostics) =>
    yesAndNo.map((workspaceFolders) => {
      const abilities = { pullsDiagnostics, workspaceFolders };
      return { abilities, result: initializeResult(abilities, DOCUMENT_KINDS) };
    }),
  );
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  if (workspaceFolders !== undefined && workspaceFolders !== null) return workspaceFolders.map(({ uri }) => uri);
  // Older clients leave it out.
  const root: string | null | undefined = rootUri;
  return root === null || root === undefined ? [] : [root];
}
