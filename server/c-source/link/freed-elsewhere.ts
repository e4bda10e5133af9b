import type { Call } from "../functions/call.ts";
import { choosesBetween, isWrong, variableOf } from "../functions/frees.ts";
import type { LinkedFunction } from "./linked.ts";

/** Memory that is kept in a member and that another function gives back as what it is not. */
export interface FreedElsewhere {
  readonly made: LinkedFunction;
  readonly call: Call;
  readonly freed: LinkedFunction;
  readonly by: Call;
}

/** `dev->ring = ring;`: what is in the member may come from elsewhere. */
function isWritten(functions: readonly LinkedFunction[], variable: string): boolean {
  const member = /\w+$/.exec(variable)?.[0];
  return functions.some(({ read }) => read.kept.some((kept) => kept.member === member && kept.value !== "NULL"));
}

/** Looked for in files that belong together, by how the member is written: `dev->ring`. */
export function freedElsewhere(functions: readonly LinkedFunction[]): readonly FreedElsewhere[] {
  const made = new Map<string, { readonly fn: LinkedFunction; readonly call: Call }[]>();
  for (const fn of functions)
    for (const { call, variable } of fn.outline.made) {
      const same = made.get(variable);
      if (same === undefined) made.set(variable, [{ fn, call }]);
      else same.push({ fn, call });
    }
  if (made.size === 0) return [];
  const found: FreedElsewhere[] = [];
  for (const freed of functions)
    for (const by of freed.outline.freeing) {
      const all = made.get(by.arguments[0]?.text ?? "");
      const [first] = all ?? [];
      // What is in the member may be of either kind, and its own function is asked by itself.
      if (all === undefined || first === undefined || !all.every(({ call }) => isWrong(call, by))) continue;
      if (all.some(({ fn }) => fn === freed)) continue;
      const variable = variableOf(first.call) ?? "";
      if (choosesBetween(freed.read.calls, by, variable) || isWritten(functions, variable)) continue;
      found.push({ made: first.fn, call: first.call, freed, by });
    }
  return found;
}
