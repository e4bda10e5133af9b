import type { Connection } from "vscode-languageserver";
import type { Log } from "./guard.ts";
import { makeAllFindings, workAhead } from "./diagnostics.ts";
import type { Session } from "./session.ts";

/** Without an edit for so long nobody is typing. */
const QUIET_MS = 400;

/** So long after it was told to the client has asked again: what is done ahead would keep it waiting. */
const ASKED_MS = 200;

/** For how long someone counts as typing still, in milliseconds. */
function stillTyping(session: Session, key: string): number {
  const last = session.lastEdit(key);
  return last === null ? 0 : QUIET_MS - (Date.now() - last.at);
}

/** Brings to its end what was answered in part, and has the client ask again. */
export interface Finisher {
  /** The document was answered in part. */
  readonly finish: (key: string) => void;
  readonly stop: () => void;
}

export function finisherOf(connection: Connection, log: Log, session: Session): Finisher {
  const keys = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ahead: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isStopped = false;

  async function run(): Promise<void> {
    timer = undefined;
    isRunning = true;
    for (const key of keys) await makeAllFindings(key, session, () => isStopped);
    isRunning = false;
    if (isStopped) return;
    const wait = Math.max(0, ...[...keys].map((key) => stillTyping(session, key)));
    if (wait > 0) {
      timer = setTimeout(() => void run(), wait);
      return;
    }
    const finished = [...keys];
    keys.clear();
    await connection.languages.diagnostics.refresh().catch((error: unknown) => log.error(String(error)));
    if (!isStopped) ahead = setTimeout(() => void runAhead(finished), ASKED_MS);
  }

  async function runAhead(finished: readonly string[]): Promise<void> {
    for (const key of finished) await workAhead(key, session, () => isStopped);
  }

  return {
    finish(key) {
      keys.add(key);
      if (timer === undefined && !isRunning && !isStopped) timer = setTimeout(() => void run(), 0);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      clearTimeout(ahead);
    },
  };
}
