import type { Connection, ConnectionOptions } from "vscode-languageserver";
import { ErrorCodes, Message, ResponseError } from "./library.ts";
import type { Log } from "./guard.ts";
import { initializeParams, isObject, withoutNull } from "./initialize-params.ts";
import { Parameters } from "./parameters.ts";
import { checkStandardParams } from "./standard-params.ts";

/** A request that comes out of turn is given to this one, which refuses it. No client knows it. */
const REFUSED = "allocpolicy/refused";
/** A notification that cannot be understood is given to this one, which says so. */
const DROPPED = "allocpolicy/dropped";

/**
 * What the protocol says of turns: nothing is answered before `initialize` and after `shutdown`, and `initialize` comes
 * once. Requests out of turn get the protocol's errors, notifications are dropped; so are parameters that are none,
 * with a word in the client's log. What is left out, or null, is as if the client could not do it, or did not say it.
 * For `createConnection`. `onShutdown` is called when the client asks for it.
 */
export function inTurn(onShutdown: () => void = () => {}): ConnectionOptions {
  let state: "new" | "running" | "shut down" = "new";
  const refuse = (message: Message, code: number, why: string): Message => {
    const params = { code, why };
    return { ...message, ...{ method: REFUSED, params } };
  };
  return {
    messageStrategy: {
      handleMessage: (message, next) => {
        if (Message.isRequest(message)) {
          if (message.method === "initialize") {
            if (state !== "new") return next(refuse(message, ErrorCodes.InvalidRequest, "The server is initialized."));
            state = "running";
            const params = initializeParams(message.params);
            return next({ ...message, ...{ params } });
          }
          if (state === "new")
            return next(refuse(message, ErrorCodes.ServerNotInitialized, "The server is not initialized yet."));
          if (state === "shut down")
            return next(refuse(message, ErrorCodes.InvalidRequest, "The server was asked to shut down."));
          if (message.method === "shutdown") {
            state = "shut down";
            onShutdown();
          }
          // The library reads them before the handler does.
          const params = withoutNull(message.params) ?? {};
          const wrong = whatIsWrong(message.method, params);
          return wrong === null
            ? next({ ...message, ...{ params } })
            : next(refuse(message, ErrorCodes.InvalidParams, wrong));
        }
        if (!Message.isNotification(message)) return next(message);
        const params = withoutNull(message.params) ?? {};
        if (message.method === "exit") return next({ ...message, ...{ params } });
        if (state !== "running") return undefined;
        const wrong = whatIsWrong(message.method, params);
        const dropped = { method: DROPPED, params: { method: message.method, why: wrong } };
        return next({ ...message, ...(wrong === null ? { params } : dropped) });
      },
    },
  };
}

function whatIsWrong(method: string, params: unknown): string | null {
  if (!isObject(params)) return "The parameters must be an object.";
  try {
    checkStandardParams(method, new Parameters(params));
    return null;
  } catch (error) {
    if (error instanceof ResponseError) return error.message;
    throw error;
  }
}

/** Refuses what `inTurn` found to come out of turn, and says what it dropped. */
export function refuseOutOfTurn(connection: Connection, log: Log): void {
  connection.onNotification(DROPPED, ({ method, why }: { readonly method: string; readonly why: string }) =>
    log.error(`${method} is passed over: ${why}`),
  );
  connection.onRequest(
    REFUSED,
    ({ code, why }: { readonly code: number; readonly why: string }) => new ResponseError<never>(code, why),
  );
}
