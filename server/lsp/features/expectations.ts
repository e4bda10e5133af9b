import type { Range } from "../../../protocol/places.ts";
import { expectationSteps } from "../../service/expectations.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { inSteps } from "../long-work.ts";

export const expectations: Feature = customRequest(
  "allocpolicy/expectations",
  (given) => ({ uri: given.text("uri"), fresh: given.optionalFlag("fresh") }),
  async (server, { uri, fresh = false }, step) => {
    const known = await documentNamed(server, uri, step);
    if (known === null) return null;
    const range = (span: { readonly start: number; readonly end: number }): Range =>
      server.session.files.rangeIn(known.document, span.start, span.end);
    const options = { now: () => performance.now(), fresh };
    const items = await inSteps(expectationSteps(known.workspace, known.key, options), step);
    return {
      items: items.map((item) => ({
        ...item,
        range: range(item.range),
        declarationRange: item.declarationRange === null ? null : range(item.declarationRange),
      })),
    };
  },
);
