import { simulationOf } from "../../service/simulation.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { inSteps } from "../long-work.ts";
import { askedOf, simulationParams } from "../simulation-params.ts";

export const simulate: Feature = customRequest(
  "allocpolicy/simulate",
  simulationParams,
  async (server, params, step) => {
    const known = await documentNamed(server, params.uri, step);
    return known === null ? null : inSteps(simulationOf(known.workspace, known.key, askedOf(params)), step);
  },
);
