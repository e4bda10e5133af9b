import type { Context } from "../contexts.ts";
import { alsoAsked, NO_QUESTIONS } from "../kernels/questions.ts";
import type { Mask } from "../masks/mask.ts";
import type { DecisionName } from "./decisions.ts";
import { EFFECT } from "./decision.ts";
import type { Compiled, Course, DecisionTable } from "./table.ts";
import { effectsOf } from "./static-walk.ts";
import { effectsAt, holds } from "./table.ts";
import { contextFacts, factsOf, requestFacts } from "./facts.ts";

/**
 * What one try of the page allocator may come to (bits of EFFECT): the mask after scopes, an order that exists.
 * `about`: the effects that are asked for; what they hang on is noted.
 */
export function pagesCan(table: DecisionTable, value: Mask, order: number, context: Context, about = -1): number {
  return effectsOf(table.walks, factsOf(table.facts, value, order, context), about);
}

/** What the charge to the memory cgroup may come to, at its limit (mm/memcontrol.c:try_charge_memcg). */
export function chargeCan(table: DecisionTable, value: Mask, order: number, context: Context, about = -1): number {
  return effectsOf(table.charge, requestFacts(table.facts, value, order) | contextFacts(context), about);
}

/** Whether a try with this mask counts as one that may sleep (might_alloc()). */
export function maySleep(table: DecisionTable, value: Mask, context: Context): boolean {
  const facts = requestFacts(table.facts, value, 0) | contextFacts(context);
  table.walks.note?.(facts, EFFECT.sleep);
  return (effectsAt(table.at.entry, facts) & EFFECT.sleep) !== 0;
}

const ANY_EFFECT = -1;
const NO_EFFECT = 0;
const MOST_PATHS = 4096;

/** The decisions that a try comes to and that hold of it, in order; each once. */
export function pathOf(table: DecisionTable, facts: number): readonly Compiled[] {
  table.walks.note?.(facts, ANY_EFFECT);
  return knownPath(table, facts);
}

/** Whether a try comes to this decision, and it holds. */
export function comesTo(table: DecisionTable, facts: number, name: DecisionName): boolean {
  if (!decides(table, facts, name)) return false;
  table.walks.note?.(facts, NO_EFFECT);
  return knownPath(table, facts).some((compiled) => compiled.name === name);
}

/** Whether this decision holds of a try, whether or not it comes to it. */
export function decides(table: DecisionTable, facts: number, name: DecisionName): boolean {
  alsoAsked(table.questions.get(name) ?? NO_QUESTIONS);
  const compiled = table.named.get(name);
  return compiled !== undefined && holds(compiled, facts);
}

function knownPath({ course }: DecisionTable, facts: number): readonly Compiled[] {
  const { paths } = course;
  const asked = facts & course.looksAt;
  const known = paths.get(asked);
  if (known !== undefined) return known;
  if (paths.size >= MOST_PATHS) paths.clear();
  const path = walkedPath(course, asked);
  paths.set(asked, path);
  return path;
}

function walkedPath({ decisions, again, nopage }: Course, facts: number): readonly Compiled[] {
  const path = new Set<Compiled>();
  let goesRound = false;
  for (let line = 0; line < decisions.length; ) {
    const compiled = decisions[line];
    line++;
    if (compiled === undefined || !holds(compiled, facts)) continue;
    path.add(compiled);
    if (compiled.afterCompaction !== null) continue;
    if (compiled.goes === "nopage") line = nopage;
    if (compiled.goes === "ends" || (compiled.goes === "round" && goesRound)) break;
    if (compiled.goes === "round") {
      goesRound = true;
      line = again;
    }
  }
  return [...path];
}

/** The decisions of the charge that hold. */
export function chargePathOf(table: DecisionTable, facts: number): readonly Compiled[] {
  table.charge.note?.(facts, ANY_EFFECT);
  const path: Compiled[] = [];
  for (const compiled of table.at.charge.all) {
    if (!holds(compiled, facts)) continue;
    path.push(compiled);
    if (compiled.goes === "ends") break;
  }
  return path;
}
