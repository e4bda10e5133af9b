import type { Declaration } from "../../grammar/ast.ts";
import type { DeclaredNames, Environment, NameSpace } from "../policy-language/analysis/environment.ts";

export interface DeclaredName {
  readonly name: string;
  readonly kind: Declaration["kind"];
}

const lists = new WeakMap<DeclaredNames, Map<NameSpace, readonly DeclaredName[]>>();

/** The names that are visible in a space, the file's own first; one list for as long as the same are declared. */
export function declaredIn(environment: Environment, space: NameSpace): readonly DeclaredName[] {
  const ofNames = lists.get(environment.names) ?? new Map<NameSpace, readonly DeclaredName[]>();
  lists.set(environment.names, ofNames);
  const known = ofNames.get(space);
  if (known !== undefined) return known;
  const made = environment.visible(space).flatMap(({ name, kind }) => (name === null ? [] : [{ name, kind }]));
  ofNames.set(space, made);
  return made;
}
