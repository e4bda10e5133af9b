import type { Connection } from "vscode-languageserver";
import type { Log } from "./guard.ts";
import { makeAllFindings, workAhead } from "./diagnostics.ts";
import type { Session } from "./session.ts";

/** Without an edit for so long nobody is typing. */
const QUIET_MS = 400;

/** Who has asked for nothing for so long is not kept waiting by what is done ahead: so little of it at once. */
const IDLE_MS = 200;
const AHEAD_SLICE_MS = 2;

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
  /** Of these what the next edit begins with is done ahead. */
  const ahead = new Set<string>();
  let aheadTimer: ReturnType<typeof setTimeout> | undefined;
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
    for (const key of finished) ahead.add(key);
    aheadTimer ??= isStopped ? undefined : setTimeout(runAhead, IDLE_MS);
  }

  function runAhead(): void {
    const wait = IDLE_MS - session.idleMs();
    const [key] = ahead;
    if (wait <= 0 && key !== undefined && workAhead(key, session, AHEAD_SLICE_MS)) ahead.delete(key);
    aheadTimer = ahead.size > 0 ? setTimeout(runAhead, Math.max(0, wait)) : undefined;
  }

  return {
    finish(key) {
      keys.add(key);
      if (timer === undefined && !isRunning && !isStopped) timer = setTimeout(() => void run(), 0);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      clearTimeout(aheadTimer);
    },
  };
}
