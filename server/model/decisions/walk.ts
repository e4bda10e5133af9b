import type { Context } from "../contexts.ts";
import type { Mask } from "../masks/mask.ts";
import { EFFECT } from "./decision.ts";
import type { Compiled, DecisionTable } from "./table.ts";
import { AGAIN, effectsOf } from "./static-walk.ts";
import { effectsAt, holds } from "./table.ts";
import { contextFacts, factsOf, factsWith, requestFacts } from "./facts.ts";

/** What one try of the page allocator may come to (bits of EFFECT): the mask after scopes, an order that exists. */
export function pagesCan(table: DecisionTable, value: Mask, order: number, context: Context): number {
  const facts = factsOf(table.facts, value, order, context);
  return effectsOf(table.walks, facts);
}

/** The same, where the alloc flags of the slow path are known (`allocFlags`). */
export function pagesCanWith(
  table: DecisionTable,
  value: Mask,
  order: number,
  context: Context,
  allocFlags: number,
): number {
  return effectsOf(table.walks, factsWith(table.facts, value, order, context, allocFlags));
}

/** What the charge to the memory cgroup may come to, at its limit (mm/memcontrol.c:try_charge_memcg). */
export function chargeCan(table: DecisionTable, value: Mask, order: number, context: Context): number {
  return effectsOf(table.charge, requestFacts(table.facts, value, order) | contextFacts(context));
}

/** Whether a try with this mask counts as one that may sleep (might_alloc()). */
export function maySleep(table: DecisionTable, value: Mask, context: Context): boolean {
  const facts = requestFacts(table.facts, value, 0) | contextFacts(context);
  table.walks.note?.(facts);
  return (effectsAt(table.at.entry, facts) & EFFECT.sleep) !== 0;
}

const MOST_PATHS = 4096;

/** The decisions that a try comes to and that hold of it, in order; each once. */
export function pathOf(table: DecisionTable, facts: number): readonly Compiled[] {
  table.walks.note?.(facts);
  const known = table.paths.get(facts);
  if (known !== undefined) return known;
  if (table.paths.size >= MOST_PATHS) table.paths.clear();
  const path = walkedPath(table, facts);
  table.paths.set(facts, path);
  return path;
}

function walkedPath(table: DecisionTable, facts: number): readonly Compiled[] {
  const lines = table.decisions.filter(({ decision }) => decision.stage !== "charge");
  const begin = (stages: readonly string[]): number => {
    const at = lines.findIndex(({ decision }) => stages.includes(decision.stage));
    return at < 0 ? lines.length : at;
  };
  const nopage = begin(["nopage", "fail"]);
  const path = new Set<Compiled>();
  let again = false;
  for (let line = 0; line < lines.length; ) {
    const compiled = lines[line];
    line++;
    if (compiled === undefined || !holds(compiled, facts)) continue;
    path.add(compiled);
    if (compiled.afterCompaction !== null) continue;
    if (compiled.goes === "nopage") line = nopage;
    if (compiled.goes === "ends" || (compiled.goes === "round" && again)) break;
    if (compiled.goes === "round") {
      again = true;
      line = begin(AGAIN);
    }
  }
  return [...path];
}

/** The decisions of the charge that hold. */
export function chargePathOf(table: DecisionTable, facts: number): readonly Compiled[] {
  table.charge.note?.(facts);
  const path: Compiled[] = [];
  for (const compiled of table.at.charge.all) {
    if (!holds(compiled, facts)) continue;
    path.push(compiled);
    if (compiled.goes === "ends") break;
  }
  return path;
}
