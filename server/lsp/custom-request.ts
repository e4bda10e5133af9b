import { ParameterStructures, RequestType, type CancellationToken } from "vscode-languageserver";
import type { Method, ParamsOf, PolicyParams, ResultOf } from "../../protocol/requests.ts";
import type { Feature, Server } from "./feature.ts";
import { guarded } from "./guard.ts";
import { Parameters } from "./parameters.ts";
import type { KnownDocument } from "./session.ts";

/**
 * A request that the protocol does not have. `read` takes its parameters from what the client sent; the capability
 * `experimental` lists the method.
 */
export function customRequest<M extends Method>(
  method: M,
  read: (given: Parameters) => ParamsOf<M>,
  answer: (server: Server, params: ParamsOf<M>, token: CancellationToken) => ResultOf<M> | Promise<ResultOf<M>>,
): Feature {
  return {
    capability: () => ({ experimental: { [method]: true } }),
    register(server) {
      const handle = (given: unknown, token: CancellationToken): ResultOf<M> | Promise<ResultOf<M>> =>
        answer(server, read(new Parameters(given)), token);
      const type = new RequestType<unknown, unknown, never>(method, ParameterStructures.byName);
      server.connection.onRequest(type, guarded<unknown, unknown>(server.log, method, handle));
    },
  };
}

export function policyParams(given: Parameters): PolicyParams {
  return {
    uri: given.text("uri"),
    policy: given.optionalText("policy"),
    position: given.optionalPosition("position"),
  };
}

/**
 * The document that a request names, with what it refers to read: open, or found in a folder. Null where there is none.
 */
export async function documentNamed({ session }: Server, uri: string): Promise<KnownDocument | null> {
  const key = session.files.key(uri);
  if (session.find(key) === null) await session.scanFolders();
  await session.referencesSettled(key);
  return session.find(key);
}
