import type { Span } from "../../rules/finding.ts";
import type { Written } from "./properties.ts";
import type { ResolvedRequest } from "./requests.ts";
import type { UnplacedRelated } from "../analysis/unplaced-finding.ts";

/** A span in a request's own region; what stands in a declaration that it is `like` is related. */
export interface RequestPlace {
  readonly span: Span;
  readonly related: readonly UnplacedRelated[];
}

/** The name of the request, or what there is of it. */
export function nameSpan(request: ResolvedRequest): Span {
  const { name, start } = request.declaration;
  return name ?? { start, end: start + "request".length };
}

/** A place in a property. One that is inherited is shown at `like`, with the text itself as related information. */
export function placeIn(request: ResolvedRequest, written: Written | null, { start, end }: Span): RequestPlace {
  if (written === null || written.inheritedFrom === null) return { span: { start, end }, related: [] };
  const { revision, uri, declaration } = written.inheritedFrom;
  return {
    span: request.declaration.like ?? nameSpan(request),
    related: [{ revision, uri, span: { start, end }, message: `Inherited from ${declaration.name?.text ?? ""}.` }],
  };
}
