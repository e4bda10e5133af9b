import type { CancellationToken } from "vscode-languageserver";
import { ParameterStructures, RequestType } from "./library.ts";
import type { Server } from "./feature.ts";
import { guarded } from "./guard.ts";
import type { Written } from "./written.ts";

/** Answers a request of the protocol with text. */
export function onWritten<Params>(
  { connection, log }: Server,
  method: string,
  handle: (params: Params, token: CancellationToken) => Written | Promise<Written>,
): void {
  const type = new RequestType<Params, Written, never>(method, ParameterStructures.byName);
  connection.onRequest(type, guarded(log, method, handle));
}
