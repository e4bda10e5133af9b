import type { SimulationParams } from "../../protocol/requests.ts";
import type { SimulationAsked } from "../service/simulation.ts";
import type { Parameters } from "./parameters.ts";

export function simulationParams(given: Parameters): SimulationParams {
  return {
    uri: given.text("uri"),
    request: given.text("request"),
    memory: given.optionalText("memory"),
    kernel: given.optionalText("kernel"),
  };
}

export function askedOf({ request, memory, kernel }: SimulationParams): SimulationAsked {
  return { request, memory: memory ?? null, kernel: kernel ?? null };
}
