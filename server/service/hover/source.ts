import type { Binding, Environment } from "../../policy-language/analysis/environment.ts";

/** Longer declarations are cut in hovers. */
const MOST_SOURCE_LINES = 16;

/** The text of a declaration, of this file or of an imported one. */
export function sourceOf(environment: Environment, binding: Binding): string {
  const { start, end } = binding.declaration;
  const text = environment.placeOf(binding)?.region.text.slice(start, end) ?? "";
  const lines = text.split("\n");
  return lines.length <= MOST_SOURCE_LINES ? text : [...lines.slice(0, MOST_SOURCE_LINES - 1), "…"].join("\n");
}

// Everything else -----------------------------------------------------------------------------------------------------
