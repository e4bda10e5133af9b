import { modesAnswer, modesOf } from "../../service/simulation.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { askedOf, simulationParams } from "../simulation-params.ts";

/** Runs take a while: between two modes whatever else is asked is answered. */
export const modes: Feature = customRequest("allocpolicy/modes", simulationParams, async (server, params, step) => {
  const known = await documentNamed(server, params.uri, step);
  const found = known === null ? null : modesOf(known.workspace, known.key, askedOf(params));
  if (found === null) return null;
  const rows: ReturnType<(typeof found.rows)[number]>[] = [];
  for (const run of found.rows) {
    await step(rows.length, found.rows.length);
    rows.push(run());
  }
  return modesAnswer(found, rows);
});
