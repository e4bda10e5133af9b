import type { Range } from "../../../protocol/places.ts";
import { expectationsOf } from "../../service/expectations.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const expectations: Feature = customRequest(
  "allocpolicy/expectations",
  (given) => ({ uri: given.text("uri"), fresh: given.optionalFlag("fresh") }),
  async (server, { uri, fresh = false }) => {
    const known = await documentNamed(server, uri);
    if (known === null) return null;
    const range = (span: { readonly start: number; readonly end: number }): Range =>
      server.session.files.rangeIn(known.document, span.start, span.end);
    const items = expectationsOf(known.workspace, known.key, { now: () => performance.now(), fresh });
    return {
      items: items.map((item) => ({
        ...item,
        range: range(item.range),
        declarationRange: item.declarationRange === null ? null : range(item.declarationRange),
      })),
    };
  },
);
