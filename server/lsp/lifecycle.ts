import { ErrorCodes, Message, ResponseError, type Connection, type ConnectionOptions } from "vscode-languageserver";
import { initializeParams, isObject } from "./initialize-params.ts";
import { Parameters } from "./parameters.ts";
import { checkStandardParams } from "./standard-params.ts";

/** A request that comes out of turn is given to this one, which refuses it. No client knows it. */
const REFUSED = "allocpolicy/refused";

/**
 * What the protocol says of turns: nothing is answered before `initialize` and after `shutdown`, and `initialize` comes
 * once. Requests out of turn get the protocol's errors, notifications are dropped; so are parameters that are none.
 * What `initialize` leaves out, or sets to null, is as if the client could not do it. For `createConnection`.
 * `onShutdown` is called when the client asks for it.
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
          const params = message.params ?? {};
          const wrong = whatIsWrong(message.method, params);
          return wrong === null
            ? next({ ...message, ...{ params } })
            : next(refuse(message, ErrorCodes.InvalidParams, wrong));
        }
        if (!Message.isNotification(message)) return next(message);
        const params = message.params ?? {};
        const isDropped =
          message.method !== "exit" && (state !== "running" || whatIsWrong(message.method, params) !== null);
        return isDropped ? undefined : next({ ...message, ...{ params } });
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

/** Refuses what `inTurn` found to come out of turn. */
export function refuseOutOfTurn(connection: Connection): void {
  connection.onRequest(
    REFUSED,
    ({ code, why }: { readonly code: number; readonly why: string }) => new ResponseError<never>(code, why),
  );
}
