import type { DeclaredName, DeclaredNames, Environment, NameSpace } from "../policy-language/analysis/environment.ts";

/** A name that is offered, and how it is laid beside what is typed. */
export interface OfferedName extends DeclaredName {
  readonly lower: string;
}

const lists = new WeakMap<DeclaredNames, Map<NameSpace, readonly OfferedName[]>>();

/** The names that are visible in a space, the file's own first; one list for as long as the same are declared. */
export function declaredIn(environment: Environment, space: NameSpace): readonly OfferedName[] {
  const ofNames = lists.get(environment.names) ?? new Map<NameSpace, readonly OfferedName[]>();
  lists.set(environment.names, ofNames);
  const known = ofNames.get(space);
  if (known !== undefined) return known;
  const made = environment.called(space).map(({ name, kind }) => ({ name, kind, lower: name.toLowerCase() }));
  ofNames.set(space, made);
  return made;
}
