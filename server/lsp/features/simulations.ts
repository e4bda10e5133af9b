import { simulationPlaces } from "../../service/simulation.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const simulations: Feature = customRequest(
  "allocpolicy/simulations",
  (given) => ({ uri: given.text("uri") }),
  async (server, { uri }) => {
    const known = await documentNamed(server, uri);
    if (known === null) return [];
    return simulationPlaces(known.workspace, known.key).map((place) => ({
      ...place,
      range: server.session.files.rangeIn(known.document, place.range.start, place.range.end),
    }));
  },
);
