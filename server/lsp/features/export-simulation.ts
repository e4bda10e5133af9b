import { simulationMarkdown, simulationSvg } from "../../service/simulation.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { inSteps } from "../long-work.ts";
import { askedOf, simulationParams } from "../simulation-params.ts";

export const exportSimulation: Feature = customRequest(
  "allocpolicy/exportSimulation",
  (given) => ({ ...simulationParams(given), format: given.oneOf("format", ["markdown", "svg"]) }),
  async (server, params, step) => {
    const known = await documentNamed(server, params.uri, step);
    if (known === null) return null;
    const asText = params.format === "svg" ? simulationSvg : simulationMarkdown;
    const text = await inSteps(asText(known.workspace, known.key, askedOf(params)), step);
    return text === null ? null : { text };
  },
);
