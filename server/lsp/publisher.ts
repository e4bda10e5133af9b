import type { Connection } from "vscode-languageserver";
import type { NotificationName } from "../../protocol/requests.ts";
import type { Abilities } from "./abilities.ts";
import { makeAllFindings, type Reports } from "./diagnostics.ts";
import { guardedNotification, type Log } from "./guard.ts";
import type { Session } from "./session.ts";
import { piecesOf, Written } from "./written.ts";

/** Answers beyond the protocol, such as the kernel in force, may be others now; without parameters. */
const ANSWERS_CHANGED: NotificationName = "allocpolicy/answersChanged";

/** Tells the client, unasked, what is new. */
export interface Publisher {
  /** Pushes, after the messages that have already arrived, what changed for any open document. */
  readonly publishSoon: () => void;
  /** Tells the client that answers may have changed although its documents did not. */
  readonly refresh: () => void;
  /** A document was closed: nothing more is pushed for it, and what was is taken back. */
  readonly close: (uri: string) => Promise<void>;
  /** Nothing more is said. */
  readonly stop: () => void;
}

export function publisherOf(
  connection: Connection,
  log: Log,
  session: Session,
  reports: Reports,
  abilities: () => Abilities,
): Publisher {
  /** The version and result id that was last pushed, by document. */
  const published = new Map<string, string>();
  let publishing: ReturnType<typeof setTimeout> | undefined;
  let refreshing: ReturnType<typeof setTimeout> | undefined;

  function publishSoon(): void {
    if (abilities().pullsDiagnostics) return;
    publishing ??= setTimeout(() => {
      publishing = undefined;
      void guardedNotification(log, "textDocument/publishDiagnostics", publish)(undefined);
    }, 0);
  }

  async function publish(): Promise<void> {
    const { files } = session;
    for (const key of session.openDocuments()) {
      if (session.isWaiting(key)) {
        void session.referencesSettled(key).then(publishSoon);
        continue;
      }
      await makeAllFindings(key, session, () => false);
      const known = session.find(key);
      if (known === null || !session.isOpen(key)) continue;
      const version = session.versionOf(key) ?? undefined;
      const { parts, resultId } = reports.whole(known);
      const state = `${version} ${resultId}`;
      if (published.get(key) === state) continue;
      published.set(key, state);
      const about = JSON.stringify({ uri: files.clientUri(key), version }).slice(0, -1);
      const params = new Written(...piecesOf(`${about},"diagnostics":[`, parts, "]}"));
      await connection.sendNotification("textDocument/publishDiagnostics", params);
    }
  }

  const quietly = (sent: Promise<unknown>): void => void sent.catch((error: unknown) => log.error(String(error)));

  return {
    publishSoon,
    refresh() {
      publishSoon();
      refreshing ??= setTimeout(() => {
        refreshing = undefined;
        const can = abilities();
        if (can.pullsDiagnostics && can.refreshesDiagnostics) quietly(connection.languages.diagnostics.refresh());
        if (can.refreshesInlayHints) quietly(connection.languages.inlayHint.refresh());
        if (can.refreshesSemanticTokens) quietly(connection.languages.semanticTokens.refresh());
        if (can.refreshesCodeLenses) quietly(connection.sendRequest("workspace/codeLens/refresh"));
        if (can.hearsOfAnswers) quietly(connection.sendNotification(ANSWERS_CHANGED));
      }, 0);
    },
    async close(uri) {
      published.delete(session.files.key(uri));
      if (!abilities().pullsDiagnostics) await connection.sendDiagnostics({ uri, diagnostics: [] });
    },
    stop() {
      clearTimeout(publishing);
      clearTimeout(refreshing);
    },
  };
}
