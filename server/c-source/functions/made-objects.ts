import type { Call } from "./call.ts";
import type { FunctionItem } from "../text/items.ts";
import { resultOf, type ResultUse } from "./results.ts";
import { byNameId } from "../text/names.ts";
import { ALLOCATE_INSIDE, type MakesObject } from "../tables/inside.ts";
import type { Tokens } from "../text/tokens.ts";
import type { Walked } from "./walk.ts";

/** An object that a function makes by a call that is given no mask. */
export interface MadeObject extends MakesObject {
  /** The call, by its index in the function. */
  readonly call: number;
  readonly result: ResultUse;
}

const MAKERS = byNameId(
  new Map([...ALLOCATE_INSIDE].flatMap(([name, { makes }]) => (makes === null ? [] : [[name, makes]]))),
);

/** Who is made with it panics where there is no memory. mm/slab_common.c:__kmem_cache_create_args */
const PANICS = /\bSLAB_PANIC\b/;

/** The objects that a function makes, and what it does with each. */
export function madeObjects(
  tokens: Tokens,
  item: FunctionItem,
  walked: Pick<Walked, "calls">,
  calls: readonly Call[],
  origin: number,
): readonly MadeObject[] {
  const found: MadeObject[] = [];
  walked.calls.forEach(({ name, close, statement }, call) => {
    const makes = MAKERS[tokens.names[name] ?? 0];
    const read = calls[call];
    if (makes === undefined || read === undefined || read.isMember) return;
    if (read.arguments.some(({ text }) => PANICS.test(text))) return;
    const result = resultOf({ tokens, name, close, statement, first: item.open, end: item.close, origin });
    found.push({ ...makes, call, result });
  });
  return found;
}

/** How what a call gives is not looked at as it must be; null: it is, or nobody can tell. */
export function unseen({ result, fails }: MadeObject, text: string): "unchecked" | "kept" | "by another test" | null {
  const { is, variable, unlooked } = result;
  if (is === "unchecked" || unlooked?.isUsed === true) return "unchecked";
  if (is === null) return unlooked === null ? null : "kept";
  if (variable === null) return null;
  const before = text.slice(0, result.start);
  // `if (!p)` alone, and `IS_ERR(p)`: who asks both ways knows.
  if (fails === "NULL")
    return /\bIS_ERR\s*\(\s*$/.test(before) && !asksForNull(text, variable) ? "by another test" : null;
  const from = before.length - (IF.exec(before)?.[0].length ?? 0);
  return NULL_TEST.test(text.slice(from, from + FARTHEST_TEST)) && !text.includes("_ERR") ? "by another test" : null;
}

/** Characters of a test of one pointer. */
const FARTHEST_TEST = 200;
const IF = /\bif\s*\(\s*$/;
const NULL_TEST = /^if\s*\(\s*(?:!\s*[\w>.[\]-]+|[\w>.[\]-]+\s*==\s*NULL)\s*\)/;

const asksForNull = (text: string, variable: string): boolean =>
  text.includes(`!${variable}`) || /==\s*NULL|_OR_NULL/.test(text);
