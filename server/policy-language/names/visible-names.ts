import type { Declaration } from "../../../grammar/ast.ts";
import type { Environment, NameSpace } from "../analysis/environment.ts";

const lists = new WeakMap<Environment, Map<string, readonly string[]>>();

/**
 * The names that are visible in a space, of some kinds of declaration or of all; the same list for the same
 * environment.
 */
export function visibleNames(
  environment: Environment,
  space: NameSpace,
  kinds: readonly Declaration["kind"][] | null = null,
): readonly string[] {
  let byKind = lists.get(environment);
  if (byKind === undefined) {
    byKind = new Map();
    lists.set(environment, byKind);
  }
  const key = JSON.stringify([space, kinds]);
  const known = byKind.get(key);
  if (known !== undefined) return known;
  const names = environment
    .visible(space)
    .flatMap(({ declaration }) =>
      declaration.name !== null && (kinds === null || kinds.includes(declaration.kind)) ? [declaration.name.text] : [],
    );
  byKind.set(key, names);
  return names;
}
