import type { CancellationToken } from "vscode-languageserver";
import { ParameterStructures, RequestType } from "./library.ts";
import type { Method, ParamsOf, PolicyParams, ResultOf } from "../../protocol/requests.ts";
import type { Feature, Server } from "./feature.ts";
import { guarded } from "./guard.ts";
import { goOn, type Step } from "../service/steps.ts";
import { longWork, tokenIn } from "./long-work.ts";
import { Parameters } from "./parameters.ts";
import type { KnownDocument } from "./session.ts";

/**
 * A request that the protocol does not have. `read` takes its parameters from what the client sent; the capability
 * `experimental` lists the method. Whose answer may take long makes it in steps.
 */
export function customRequest<M extends Method>(
  method: M,
  read: (given: Parameters) => ParamsOf<M>,
  answer: (server: Server, params: ParamsOf<M>, step: Step) => ResultOf<M> | Promise<ResultOf<M>>,
): Feature {
  return {
    capability: () => ({ experimental: { [method]: true } }),
    register(server) {
      // The extension shows by itself that it waits; who else asks names a token to be told.
      const handle = (given: unknown, token: CancellationToken): Promise<ResultOf<M>> =>
        longWork(server, TITLE, { workDoneToken: tokenIn(given), mayCreate: false }, token, async (step) =>
          answer(server, read(new Parameters(given)), step),
        );
      const type = new RequestType<unknown, unknown, never>(method, ParameterStructures.byName);
      server.connection.onRequest(type, guarded<unknown, unknown>(server.log, method, handle));
    },
  };
}

const TITLE = "AllocPolicy";

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
export async function documentNamed(
  { session }: Server,
  uri: string,
  step: Step = goOn,
): Promise<KnownDocument | null> {
  const key = session.files.key(uri);
  if (session.find(key) === null) await session.scanFolders(step);
  await session.referencesSettled(key);
  return session.find(key);
}
