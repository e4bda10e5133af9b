import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const explainCall: Feature = customRequest(
  "allocpolicy/explainCall",
  (given) => ({ uri: given.text("uri"), position: given.position("position") }),
  ({ session }, { uri, position }) => {
    const known = session.find(session.files.key(uri));
    if (known === null) return null;
    const offset = session.files.offset(known.document, position);
    const markdown = known.kind.answers.call?.(known.workspace, known.key, offset) ?? null;
    return markdown === null ? null : { markdown };
  },
);
