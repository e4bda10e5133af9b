import { simulationMarkdown, simulationSvg } from "../../service/simulation.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { askedOf, simulationParams } from "../simulation-params.ts";

export const exportSimulation: Feature = customRequest(
  "allocpolicy/exportSimulation",
  (given) => ({ ...simulationParams(given), format: given.oneOf("format", ["markdown", "svg"]) }),
  async (server, params) => {
    const known = await documentNamed(server, params.uri);
    if (known === null) return null;
    const asText = params.format === "svg" ? simulationSvg : simulationMarkdown;
    const text = asText(known.workspace, known.key, askedOf(params));
    return text === null ? null : { text };
  },
);
