import type { Span } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import { symbolAt } from "../policy-language/names/names.ts";
import { referencesAt } from "./references.ts";

/**
 * The places that change together while the name at an offset is typed: those of the parameter of a transform, which
 * nothing outside of its declaration knows. Empty elsewhere; other names are renamed.
 */
export function linkedRangesAt(workspace: Workspace, uri: string, offset: number): readonly Span[] {
  const found = symbolAt(workspace, uri, offset);
  return found?.symbol.kind === "parameter"
    ? referencesAt(workspace, uri, offset).map(({ start, end }) => ({ start, end }))
    : [];
}
