import type { ClientCapabilities } from "vscode-languageserver";

/**
 * The parameters of `initialize` with all that the library and the server take for given. What is left out, or null, is
 * as if the client could not do it.
 */
export function initializeParams(given: unknown): { readonly capabilities: ClientCapabilities } {
  const params = withoutNull(given);
  const fields = isObject(params) ? params : {};
  const { capabilities } = fields;
  return { ...{ processId: null, rootUri: null }, ...fields, capabilities: isObject(capabilities) ? capabilities : {} };
}

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNull);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNull(inner)]])),
  );
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
