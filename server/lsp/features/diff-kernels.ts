import { diffKernels as diffOf } from "../../service/diff.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const diffKernels: Feature = customRequest(
  "allocpolicy/diffKernels",
  (given) => ({ uri: given.text("uri"), from: given.text("from"), to: given.text("to") }),
  async (server, { uri, from, to }) => {
    const known = await documentNamed(server, uri);
    return known === null ? null : diffOf(known.workspace, known.key, from, to);
  },
);
