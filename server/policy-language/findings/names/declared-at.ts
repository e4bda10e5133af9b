import type { UnplacedRelated } from "../../analysis/unplaced-finding.ts";
import type { Binding } from "../../analysis/environment.ts";
import type { Span } from "../../../rules/finding.ts";

/** Related information: where something is declared. */
export function declarationOf(binding: Binding, message: string): UnplacedRelated {
  const { declaration } = binding;
  const span: Span = declaration.name ?? { start: declaration.start, end: declaration.end };
  return { revision: binding.revision, uri: binding.uri, span: { start: span.start, end: span.end }, message };
}
