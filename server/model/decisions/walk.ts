import type { Context } from "../contexts.ts";
import type { Mask } from "../masks/mask.ts";
import { EFFECT, STAGES } from "./decision.ts";
import type { Compiled, DecisionTable, Walk } from "./table.ts";
import { CHOOSING, effectsAt, holds, KNOWN_SHIFT } from "./table.ts";
import { contextFacts, factsOf, requestFacts } from "./facts.ts";

/** What a request with these facts may come to, in some state of memory: the decisions that hold, in order. */
function fold({ care, want, effects, next }: Walk, facts: number): number {
  let found = 0;
  let again = false;
  const lines = care.length;
  for (let line = 0; line < lines; ) {
    if ((facts & (care[line] ?? 0)) !== want[line]) {
      line++;
      continue;
    }
    found |= effects[line] ?? 0;
    const follows = next[line] ?? lines;
    if (follows <= line) {
      if (again) break;
      again = true;
    }
    line = follows;
  }
  return found & 0xffff & ~(found >>> 16);
}

/** What one try of the page allocator may come to (bits of EFFECT): the mask after scopes, an order that exists. */
export function pagesCan(table: DecisionTable, value: Mask, order: number, context: Context): number {
  const facts = factsOf(table.facts, value, order, context);
  const { known } = table;
  const slot = (Math.imul(facts, 0x9e3779b1) >>> KNOWN_SHIFT) << 1;
  if (known[slot] === facts) return known[slot + 1] ?? 0;
  const walk = table.walks[facts & CHOOSING];
  const answer = walk === undefined ? 0 : fold(walk, facts);
  known[slot] = facts;
  known[slot + 1] = answer;
  return answer;
}

/** What the charge to the memory cgroup may come to, at its limit (mm/memcontrol.c:try_charge_memcg). */
export function chargeCan(table: DecisionTable, value: Mask, order: number, context: Context): number {
  return fold(table.charge, requestFacts(table.facts, value, order) | contextFacts(context));
}

/** Whether a try with this mask counts as one that may sleep (might_alloc()). */
export function maySleep(table: DecisionTable, value: Mask, context: Context): boolean {
  const facts = requestFacts(table.facts, value, 0) | contextFacts(context);
  return (effectsAt(table.at.entry, facts) & EFFECT.sleep) !== 0;
}

/** The decisions that a try comes to and that hold of it, in order; each once. */
export function pathOf(table: DecisionTable, facts: number): readonly Compiled[] {
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
      line = begin(STAGES.slice(STAGES.indexOf("may-reclaim")));
    }
  }
  return [...path];
}

/** The decisions of the charge that hold. */
export function chargePathOf(table: DecisionTable, facts: number): readonly Compiled[] {
  const path: Compiled[] = [];
  for (const compiled of table.at.charge) {
    if (!holds(compiled, facts)) continue;
    path.push(compiled);
    if (compiled.goes === "ends") break;
  }
  return path;
}
