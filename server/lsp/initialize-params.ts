import type { ClientCapabilities } from "vscode-languageserver";

/**
 * The parameters of `initialize` with all that the library and the server take for given. What is left out, or null, is
 * as if the client could not do it.
 */
export function initializeParams(given: unknown): { readonly capabilities: ClientCapabilities } {
  const params = withoutNull(given);
  const fields = isObject(params) ? params : {};
  const { capabilities, processId, rootUri, workspaceFolders } = fields;
  return {
    ...fields,
    ...{
      processId: typeof processId === "number" ? processId : null,
      rootUri: typeof rootUri === "string" ? rootUri : null,
      workspaceFolders: Array.isArray(workspaceFolders)
        ? workspaceFolders.filter((folder) => isObject(folder) && typeof folder.uri === "string")
        : undefined,
    },
    capabilities: isObject(capabilities) ? capabilities : {},
  };
}

/** No message of the protocol is nested deeper. */
const DEEPEST = 40;

/**
 * The same value without the fields that are null in it, which clients write for what they leave out; the very same
 * where none is. Entries of lists stay.
 */
export function withoutNull(value: unknown, depth = 0): unknown {
  if (!holdsNull(value, depth)) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNull(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNull(inner, depth + 1)]])),
  );
}

function holdsNull(value: unknown, depth: number): boolean {
  if (value === null) return true;
  if (typeof value !== "object" || depth > DEEPEST) return false;
  // Asked of thousands of changes at once: no list is made of a list.
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (let i = 0; i < inner.length; i += 1) if (holdsNull(inner[i], depth + 1)) return true;
  return false;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
