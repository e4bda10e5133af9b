import type { Declaration } from "../../../grammar/ast.ts";
import type { DeclaredNames, Environment, NameSpace } from "../analysis/environment.ts";

const lists = new WeakMap<DeclaredNames, Map<string, readonly string[]>>();

/**
 * The names that are visible in a space, of some kinds of declaration or of all; the same list for as long as the
 * same names are declared.
 */
export function visibleNames(
  environment: Environment,
  space: NameSpace,
  kinds: readonly Declaration["kind"][] | null = null,
): readonly string[] {
  let byKind = lists.get(environment.names);
  if (byKind === undefined) {
    byKind = new Map();
    lists.set(environment.names, byKind);
  }
  const key = JSON.stringify([space, kinds]);
  const known = byKind.get(key);
  if (known !== undefined) return known;
  const names = environment
    .called(space)
    .flatMap(({ kind, name }) => (kinds === null || kinds.includes(kind) ? [name] : []));
  byKind.set(key, names);
  return names;
}
