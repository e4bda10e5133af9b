// The server as a web worker runs it: a global object with messages in and out, and nothing of Node.
import { createContext, runInContext } from "node:vm";
import { field } from "./_client.ts";

export interface WorkerServer {
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  readonly notify: (method: string, params: unknown) => void;
  /** Runs more code in the worker. */
  readonly run: (code: string) => void;
}

/** @param more what the global object of the worker has besides */
export function startWorker(code: string, more: Readonly<Record<string, unknown>>): WorkerServer {
  const waiting = new Map<number, (message: unknown) => void>();
  const scope: Record<string, unknown> = {
    onmessage: null,
    addEventListener() {},
    postMessage(message: unknown) {
      const id = field(message, "id");
      if (typeof id === "number" && field(message, "method") === undefined) waiting.get(id)?.(message);
    },
    console,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    TextEncoder,
    TextDecoder,
    performance,
    queueMicrotask,
    URL,
    ...more,
  };
  const context = createContext(scope);
  runInContext(code, context);
  const send = (message: unknown): void => {
    const receive = scope.onmessage;
    if (typeof receive !== "function") throw new Error("the worker listens to nothing");
    receive({ data: message });
  };
  let next = 1;
  return {
    request(method, params) {
      const id = next++;
      const answer = new Promise<unknown>((resolve) => {
        waiting.set(id, (message) => resolve(field(message, "result")));
      });
      send({ jsonrpc: "2.0", id, method, params });
      return answer;
    },
    run: (loaded) => void runInContext(loaded, context),
    notify: (method, params) => send({ jsonrpc: "2.0", method, params }),
  };
}
