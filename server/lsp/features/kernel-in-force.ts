import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const kernelInForce: Feature = customRequest(
  "allocpolicy/kernelInForce",
  (given) => ({ uri: given.text("uri") }),
  ({ session }, { uri }) => {
    const known = session.find(session.files.key(uri));
    return known?.kind.answers.kernelInForce?.(known.workspace, known.key) ?? null;
  },
);
