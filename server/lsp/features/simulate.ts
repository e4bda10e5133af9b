import { simulationOf } from "../../service/simulation.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { askedOf, simulationParams } from "../simulation-params.ts";

export const simulate: Feature = customRequest("allocpolicy/simulate", simulationParams, async (server, params) => {
  const known = await documentNamed(server, params.uri);
  return known === null ? null : simulationOf(known.workspace, known.key, askedOf(params));
});
