import { policiesOf } from "../../service/matrix.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const policies: Feature = customRequest(
  "allocpolicy/policies",
  (given) => ({ uri: given.text("uri") }),
  async (server, { uri }) => {
    const known = await documentNamed(server, uri);
    if (known === null) return [];
    return policiesOf(known.workspace, known.key).map(({ name, range }) => ({
      name,
      range: server.session.files.rangeIn(known.document, range.start, range.end),
    }));
  },
);
