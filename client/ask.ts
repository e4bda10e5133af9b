// The requests beyond the protocol of all editors, with their types.
import type { CancellationToken } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { Method, ParamsOf, ResultOf } from "../protocol/requests.ts";

/** @throws when the server has ended or refuses the parameters */
export function ask<M extends Method>(
  client: BaseLanguageClient,
  method: M,
  params: ParamsOf<M>,
  token?: CancellationToken,
): Promise<ResultOf<M>> {
  return client.sendRequest<ResultOf<M>>(method, params, token);
}
