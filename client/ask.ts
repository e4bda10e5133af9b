// The requests beyond the protocol of all editors, with their types.
import type { CancellationToken } from "vscode";
import type { Method, ParamsOf, ResultOf } from "../protocol/requests.ts";

/** The part of a language client, or of a connection, that asks. */
export interface Asker {
  sendRequest<R>(method: string, params: unknown, token?: CancellationToken): Promise<R>;
}

/** @throws when the server has ended or refuses the parameters */
export function ask<M extends Method>(
  client: Asker,
  method: M,
  params: ParamsOf<M>,
  token?: CancellationToken,
): Promise<ResultOf<M>> {
  // A token that is undefined would count as a second parameter.
  return token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token);
}
