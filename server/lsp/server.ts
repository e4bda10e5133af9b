import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { abilitiesOf, serverCapabilities, type Abilities } from "./capabilities.ts";
import { reportOf, type Report } from "./diagnostics.ts";
import { registerFeatures } from "./features.ts";
import { cancelled, guarded, guardedNotification, type Log } from "./guard.ts";
import type { Host } from "./host.ts";
import { Session } from "./session.ts";
import { settingsOf } from "./settings.ts";
import { registerViews } from "./views.ts";

/** The section of the client's configuration. */
const SECTION = "allocpolicy";

/** Serves one client on a connection, until it ends. Nothing is parsed or built before the first document. */
export function startServer(connection: Connection, host: Host): void {
  const log: Log = { error: (message) => connection.console.error(message) };
  const session = new Session(host, () => refresh());
  let abilities: Abilities = abilitiesOf({});

  connection.onInitialize((params) => {
    abilities = abilitiesOf(params.capabilities);
    session.changeFolders(foldersOf(params), []);
    const given: unknown = params.initializationOptions;
    if (typeof given === "object" && given !== null && "settings" in given) configureAll(given.settings);
    return { capabilities: serverCapabilities(abilities), serverInfo: { name: "allocpolicy" } };
  });

  connection.onInitialized(
    guardedNotification(log, "initialized", async () => {
      if (abilities.workspaceFolders) {
        connection.workspace.onDidChangeWorkspaceFolders(
          guardedNotification(log, "workspace/didChangeWorkspaceFolders", async ({ added, removed }) => {
            session.changeFolders(
              added.map((folder) => folder.uri),
              removed.map((folder) => folder.uri),
            );
            await askConfiguration();
            refresh();
          }),
        );
      }
      const registrations: Promise<unknown>[] = [];
      if (abilities.registersConfiguration && abilities.configuration)
        registrations.push(connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION }));
      if (abilities.registersWatchers)
        registrations.push(
          connection.client.register(DidChangeWatchedFilesNotification.type, {
            watchers: [{ globPattern: "**/*.allocpolicy" }],
          }),
        );
      // A client that refuses a registration loses that feature only.
      await Promise.allSettled(registrations);
      await askConfiguration();
    }),
  );

  // Settings ----------------------------------------------------------------------------------------------------------

  function configureAll(given: unknown): void {
    const settings = settingsOf(given);
    let changed = false;
    for (const folder of session.folders) changed = folder.configure(settings) || changed;
    if (changed) refresh();
  }

  async function askConfiguration(): Promise<void> {
    if (!abilities.configuration) return;
    const folders = session.folders;
    const answers: readonly unknown[] = await connection.workspace.getConfiguration(
      folders.map((folder) =>
        folder.uri === null
          ? { section: SECTION }
          : { section: SECTION, scopeUri: session.files.clientUri(folder.uri) },
      ),
    );
    let changed = false;
    folders.forEach((folder, index) => {
      if (answers[index] !== null && answers[index] !== undefined)
        changed = folder.configure(settingsOf(answers[index])) || changed;
    });
    if (changed) refresh();
  }

  connection.onDidChangeConfiguration(
    guardedNotification(log, "workspace/didChangeConfiguration", async ({ settings }) => {
      if (abilities.configuration) await askConfiguration();
      else if (typeof settings === "object" && settings !== null && SECTION in settings)
        configureAll(Reflect.get(settings, SECTION));
    }),
  );

  // Documents ---------------------------------------------------------------------------------------------------------

  connection.onDidOpenTextDocument(
    guardedNotification(log, "textDocument/didOpen", ({ textDocument }) => {
      session.open(textDocument.uri, textDocument.version, textDocument.text);
      publishSoon();
    }),
  );
  connection.onDidChangeTextDocument(
    guardedNotification(log, "textDocument/didChange", ({ textDocument, contentChanges }) => {
      session.change(textDocument.uri, textDocument.version, contentChanges);
      publishSoon();
    }),
  );
  connection.onDidCloseTextDocument(
    guardedNotification(log, "textDocument/didClose", async ({ textDocument }) => {
      const key = session.files.key(textDocument.uri);
      published.delete(key);
      if (!abilities.pullsDiagnostics) await connection.sendDiagnostics({ uri: textDocument.uri, diagnostics: [] });
      await session.close(textDocument.uri);
    }),
  );
  connection.onDidChangeWatchedFiles(
    guardedNotification(log, "workspace/didChangeWatchedFiles", async ({ changes }) => {
      const keys = new Set(changes.map((change) => session.files.key(change.uri)));
      await Promise.all([...keys].map((key) => session.reread(key)));
    }),
  );

  // Diagnostics -------------------------------------------------------------------------------------------------------

  /** The result id that was last pushed, by document. */
  const published = new Map<string, string>();
  let publishing: ReturnType<typeof setTimeout> | null = null;
  let refreshing: ReturnType<typeof setTimeout> | null = null;

  const report = (key: string): Report =>
    reportOf(session.folder(key).workspace, key, session.files, abilities.diagnostics);

  /** Pushes, after the messages that have already arrived, what changed for any open document. */
  function publishSoon(): void {
    if (abilities.pullsDiagnostics) return;
    publishing ??= setTimeout(() => {
      publishing = null;
      void guardedNotification(log, "textDocument/publishDiagnostics", publish)(undefined);
    }, 0);
  }

  async function publish(): Promise<void> {
    for (const key of session.openDocuments()) {
      if (session.isWaiting(key)) {
        void session.importsSettled(key).then(publishSoon);
        continue;
      }
      const { items, resultId } = report(key);
      const version = session.versionOf(key);
      const state = `${version} ${resultId}`;
      if (published.get(key) === state || version === null) continue;
      published.set(key, state);
      await connection.sendDiagnostics({ uri: session.files.clientUri(key), version, diagnostics: items });
    }
  }

  /** Tells the client that answers may have changed although its documents did not. */
  function refresh(): void {
    publishSoon();
    refreshing ??= setTimeout(() => {
      refreshing = null;
      const quietly = (sent: Promise<unknown>): void => void sent.catch((error: unknown) => log.error(String(error)));
      if (abilities.pullsDiagnostics && abilities.refreshesDiagnostics)
        quietly(connection.languages.diagnostics.refresh());
      if (abilities.refreshesInlayHints) quietly(connection.languages.inlayHint.refresh());
      if (abilities.refreshesSemanticTokens) quietly(connection.languages.semanticTokens.refresh());
    }, 0);
  }

  connection.languages.diagnostics.on(
    guarded(
      log,
      "textDocument/diagnostic",
      async ({ textDocument, previousResultId }, token): Promise<DocumentDiagnosticReport> => {
        // Its own imports decide which names exist. What else is being read is waited for by nobody.
        await session.importsSettled(session.document(textDocument.uri).key);
        if (token.isCancellationRequested) throw cancelled();
        const { items, resultId } = report(session.document(textDocument.uri).key);
        return previousResultId === resultId ? { kind: "unchanged", resultId } : { kind: "full", resultId, items };
      },
    ),
  );

  connection.languages.diagnostics.onWorkspace(
    guarded(log, "workspace/diagnostic", async ({ previousResultIds }, token): Promise<WorkspaceDiagnosticReport> => {
      await session.scanFolders();
      const previous = new Map(previousResultIds.map(({ uri, value }) => [session.files.key(uri), value]));
      const items: WorkspaceDocumentDiagnosticReport[] = [];
      const seen = new Set<string>();
      let sliceEnd = Date.now() + SLICE_MS;
      for (const folder of session.folders) {
        for (const key of folder.workspace.documents.keys()) {
          if (seen.has(key) || session.folder(key) !== folder) continue;
          seen.add(key);
          if (Date.now() > sliceEnd) {
            // Lets a keystroke through between the files.
            await new Promise((resolve) => setTimeout(resolve, 0));
            sliceEnd = Date.now() + SLICE_MS;
          }
          if (token.isCancellationRequested) throw cancelled();
          const { items: found, resultId } = report(key);
          const common = { uri: session.files.clientUri(key), version: session.versionOf(key), resultId };
          items.push(
            previous.get(key) === resultId
              ? { kind: "unchanged", ...common }
              : { kind: "full", items: found, ...common },
          );
        }
      }
      for (const [key] of previous) {
        if (!seen.has(key))
          items.push({ kind: "full", uri: session.files.clientUri(key), version: null, resultId: "", items: NOTHING });
      }
      return { items };
    }),
  );

  connection.onShutdown(() => {
    if (publishing !== null) clearTimeout(publishing);
    if (refreshing !== null) clearTimeout(refreshing);
  });

  registerFeatures(connection, session, log, () => abilities);
  registerViews(connection, session, log);
  connection.listen();
}

const SLICE_MS = 8;
const NOTHING: Diagnostic[] = [];

function foldersOf(params: InitializeParams): readonly string[] {
  if (params.workspaceFolders !== undefined && params.workspaceFolders !== null)
    return params.workspaceFolders.map((folder) => folder.uri);
  return params.rootUri === null ? [] : [params.rootUri];
}
