import type {
  CancellationToken,
  Diagnostic,
  DocumentDiagnosticReport,
  WorkspaceDiagnosticParams,
  WorkspaceDiagnosticReport,
  WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { reportOf } from "../diagnostics.ts";
import type { Feature, Server } from "../feature.ts";
import { cancelled, guarded } from "../guard.ts";

/** Diagnostics that the client pulls; to clients that don't, `Publisher` pushes them. */
export const diagnostic: Feature = {
  capability: ({ pullsDiagnostics }) =>
    pullsDiagnostics
      ? { diagnosticProvider: { identifier: "allocpolicy", interFileDependencies: true, workspaceDiagnostics: true } }
      : {},
  register(server) {
    const { connection, session, log, abilities } = server;
    const { diagnostics } = connection.languages;
    diagnostics.on(
      guarded(
        log,
        "textDocument/diagnostic",
        async ({ textDocument, previousResultId }, token): Promise<DocumentDiagnosticReport> => {
          // What it refers to decides which names exist. What else is being read is waited for by nobody.
          await session.referencesSettled(session.document(textDocument.uri).key);
          if (token.isCancellationRequested) throw cancelled();
          const known = session.document(textDocument.uri);
          const { items, resultId } = reportOf(known, session.files, abilities().diagnostics);
          return previousResultId === resultId ? { kind: "unchanged", resultId } : { kind: "full", resultId, items };
        },
      ),
    );
    diagnostics.onWorkspace(
      guarded(log, "workspace/diagnostic", (params, token) => workspaceReport(server, params, token)),
    );
  },
};

/** So long may documents be judged in one go, before others have their turn. */
const SLICE_MS = 8;
const NOTHING: Diagnostic[] = [];

async function workspaceReport(
  { session, abilities }: Server,
  { previousResultIds }: WorkspaceDiagnosticParams,
  token: CancellationToken,
): Promise<WorkspaceDiagnosticReport> {
  await session.scanFolders();
  const { files } = session;
  const previous = new Map(previousResultIds.map(({ uri, value }) => [files.key(uri), value]));
  const items: WorkspaceDocumentDiagnosticReport[] = [];
  const seen = new Set<string>();
  let sliceEnd = Date.now() + SLICE_MS;
  for (const known of session.all()) {
    const { key } = known;
    if (seen.has(key)) continue;
    seen.add(key);
    const { items: found, resultId } = reportOf(known, files, abilities().diagnostics);
    const common = { uri: files.clientUri(key), version: session.versionOf(key), resultId };
    items.push(
      previous.get(key) === resultId ? { kind: "unchanged", ...common } : { kind: "full", items: found, ...common },
    );
    if (Date.now() > sliceEnd) {
      // Lets a keystroke through between the files.
      await new Promise((resolve) => setTimeout(resolve, 0));
      sliceEnd = Date.now() + SLICE_MS;
    }
    if (token.isCancellationRequested) throw cancelled();
  }
  for (const key of previous.keys()) {
    if (!seen.has(key))
      items.push({ kind: "full", uri: files.clientUri(key), version: null, resultId: "", items: NOTHING });
  }
  return { items };
}
