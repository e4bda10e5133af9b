import type { CancellationToken } from "vscode-languageserver";
import { LSPErrorCodes, ResponseError } from "./library.ts";

/** Where a caught error's stack goes. */
export interface Log {
  readonly error: (message: string) => void;
}

/**
 * Makes a request handler that never throws: a cancelled request is answered as such before any work, and a thrown
 * error becomes an LSP error with a short message, its stack in the log.
 */
export function guarded<P, R>(
  log: Log,
  method: string,
  handle: (params: P, token: CancellationToken) => R | Promise<R>,
): (params: P, token: CancellationToken) => Promise<R | ResponseError<never>> {
  return async (params, token) => {
    if (token.isCancellationRequested) return cancelled();
    try {
      return await handle(params, token);
    } catch (error) {
      if (error instanceof ResponseError) return new ResponseError<never>(error.code, error.message);
      log.error(`${method}: ${stackOf(error)}`);
      return new ResponseError<never>(LSPErrorCodes.RequestFailed, `${method} failed: ${messageOf(error)}`);
    }
  };
}

/** The same for a notification, which has no answer: the error is logged and the server goes on. */
export function guardedNotification<P>(
  log: Log,
  method: string,
  handle: (params: P) => void | Promise<void>,
): (params: P) => Promise<void> {
  return async (params) => {
    try {
      await handle(params);
    } catch (error) {
      log.error(`${method}: ${error instanceof ResponseError ? error.message : stackOf(error)}`);
    }
  };
}

export function cancelled(): ResponseError<never> {
  return new ResponseError<never>(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
}

/** A refusal that the user reads, such as a rename that cannot be. */
export function refused(message: string): ResponseError<never> {
  return new ResponseError<never>(LSPErrorCodes.RequestFailed, message);
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
