import { diffKernels as diffOf } from "../../service/diff.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { inSteps } from "../long-work.ts";

export const diffKernels: Feature = customRequest(
  "allocpolicy/diffKernels",
  (given) => ({ uri: given.text("uri"), from: given.text("from"), to: given.text("to") }),
  async (server, { uri, from, to }, step) => {
    const known = await documentNamed(server, uri, step);
    return known === null ? null : inSteps(diffOf(known.workspace, known.key, from, to), step);
  },
);
