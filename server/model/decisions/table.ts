import type { Kernel } from "../kernels/kernel.ts";
import type { Decision, Fruitless, Goes, Stage, When } from "./decision.ts";
import { STAGES } from "./decision.ts";
import { DECISIONS, type DecisionName, type Decisions } from "./decisions.ts";
import { FACT, factTables, type FactTables } from "./facts.ts";

/** A decision as one kernel takes it: it holds of facts that have, of the bits of `care`, those of `want`. */
export interface Compiled {
  readonly name: DecisionName;
  readonly decision: Decision;
  readonly rows: readonly Row[];
  readonly goes: Goes;
  /** Null: it does not ask what the first compaction came to. */
  readonly afterCompaction: readonly Fruitless[] | null;
}

interface Row {
  readonly care: number;
  readonly want: number;
}

/**
 * What the static walk goes through: a row a line, with what it does (low half) and rules out (high half), and what is
 * next.
 */
export interface Walk {
  readonly care: Int32Array;
  readonly want: Int32Array;
  readonly effects: Int32Array;
  readonly next: Int32Array;
}

/** The decisions of one kernel, by stage for the simulation and as walks for the verdict. */
export interface DecisionTable {
  readonly facts: FactTables;
  readonly decisions: readonly Compiled[];
  readonly at: Readonly<Record<Stage, readonly Compiled[]>>;
  /** By the first four facts. */
  readonly walks: readonly Walk[];
  readonly charge: Walk;
  /**
   * What walks came to: facts and answer by a hash of the facts, since the same few combinations are asked for again
   * and again.
   */
  readonly known: Int32Array;
}

const KNOWN_BITS = 13;
export const KNOWN_SHIFT: number = 32 - KNOWN_BITS;

/** The facts by which walks are chosen. */
export const CHOOSING = FACT.mayReclaim | FACT.highOrder | FACT.aboveOne | FACT.costly;

const tables = new WeakMap<Kernel, DecisionTable>();

/** What this kernel decides; made at the first question. */
export function tableOf(kernel: Kernel): DecisionTable {
  const known = tables.get(kernel);
  if (known !== undefined) return known;
  const made = compile(kernel, DECISIONS);
  tables.set(kernel, made);
  return made;
}

/**
 * The same kernel with other decisions: for what a change of the slow path would do to verdict, simulation, rules and
 * policies.
 */
export function kernelDeciding(kernel: Kernel, decisions: Decisions): Kernel {
  const other = { ...kernel };
  tables.set(other, compile(other, decisions));
  return other;
}

function isDecisionName(name: string): name is DecisionName {
  return Object.hasOwn(DECISIONS, name);
}

function compile(kernel: Kernel, decisions: Decisions): DecisionTable {
  const names = Object.keys(decisions).filter(isDecisionName);
  const rowsOf = (name: string): readonly Row[] => {
    const decision = isDecisionName(name) ? decisions[name] : undefined;
    if (decision === undefined || !(decision.in?.(kernel) ?? true)) return [];
    const own = decision.when.filter((when) => when.in?.(kernel) ?? true).map(rowOf);
    return decision.after === undefined ? own : both(rowsOf(decision.after), own);
  };
  const compiled = names
    .map((name): Compiled => {
      const decision = decisions[name];
      const afterCompaction = decision.afterCompaction?.(kernel) ?? null;
      return { name, decision, rows: rowsOf(name), goes: decision.goes ?? "on", afterCompaction };
    })
    .filter(({ rows }) => rows.length > 0);
  const stage = (name: Stage): readonly Compiled[] => compiled.filter(({ decision }) => decision.stage === name);
  const ordered = STAGES.filter((name) => name !== "charge").flatMap(stage);
  return {
    facts: factTables(kernel),
    decisions: [...ordered, ...stage("charge")],
    at: byStage(stage),
    walks: Array.from({ length: CHOOSING + 1 }, (_, chosen) => walkOf(ordered, chosen)),
    charge: walkOf(stage("charge"), null),
    known: new Int32Array(2 << KNOWN_BITS).fill(-1),
  };
}

function byStage<Value>(of: (stage: Stage) => Value): Readonly<Record<Stage, Value>> {
  return {
    "free-lists": of("free-lists"),
    entry: of("entry"),
    "first-compaction": of("first-compaction"),
    round: of("round"),
    "may-reclaim": of("may-reclaim"),
    "compact-first": of("compact-first"),
    "direct-reclaim": of("direct-reclaim"),
    "direct-compaction": of("direct-compaction"),
    "give-up": of("give-up"),
    retry: of("retry"),
    "may-oom": of("may-oom"),
    oom: of("oom"),
    "after-oom": of("after-oom"),
    nopage: of("nopage"),
    fail: of("fail"),
    charge: of("charge"),
  };
}

function rowOf({ all = [], none = [] }: When): Row {
  const want = all.reduce((bits, name) => bits | FACT[name], 0);
  return { want, care: none.reduce((bits, name) => bits | FACT[name], want) };
}

/** Both at once, without the pairs that contradict each other. */
function both(some: readonly Row[], others: readonly Row[]): readonly Row[] {
  return some.flatMap((one) =>
    others
      .filter((other) => ((one.want ^ other.want) & one.care & other.care) === 0)
      .map((other) => ({ care: one.care | other.care, want: one.want | other.want })),
  );
}

interface Line extends Row {
  readonly decision: Decision;
  readonly goes: Goes;
}

/**
 * The walk of requests whose first four facts are `chosen` (null: of all): without what cannot hold of them, what is
 * never come to, and what changes nothing.
 */
function walkOf(decisions: readonly Compiled[], chosen: number | null): Walk {
  const known = chosen === null ? 0 : CHOOSING;
  const lines: Line[] = [];
  let reached = true;
  for (const { decision, rows, goes, afterCompaction } of decisions) {
    reached ||= AFTER_ALL.includes(decision.stage);
    if (!reached) continue;
    // What depends on the compaction may happen, so that what follows may as well.
    const certain = afterCompaction === null ? goes : "on";
    if (certain === "on" && ((decision.does ?? 0) | (decision.rulesOut ?? 0)) === 0) continue;
    for (const { care, want } of rows) {
      if (((want ^ (chosen ?? 0)) & care & known) !== 0) continue;
      const line = { decision, goes: certain, care: care & ~known, want: want & ~known };
      lines.push(line);
      if (line.care === 0 && certain === "nopage") reached = false;
    }
  }
  const begins = (stages: readonly Stage[]): number => {
    const at = lines.findIndex(({ decision }) => stages.includes(decision.stage));
    return at < 0 ? lines.length : at;
  };
  const target: Readonly<Record<Goes, number | null>> = {
    on: null,
    nopage: begins(AFTER_ALL),
    round: begins(AGAIN),
    ends: lines.length,
  };
  return {
    care: Int32Array.from(lines, ({ care }) => care),
    want: Int32Array.from(lines, ({ want }) => want),
    effects: Int32Array.from(lines, ({ decision }) => (decision.does ?? 0) | ((decision.rulesOut ?? 0) << 16)),
    next: Int32Array.from(lines, ({ goes }, line) => target[goes] ?? line + 1),
  };
}

/** What a request comes to that has run out of ways. */
const AFTER_ALL: readonly Stage[] = ["nopage", "fail"];
/** What a request comes to that goes round again; what a round begins with has been walked. */
const AGAIN: readonly Stage[] = STAGES.slice(STAGES.indexOf("may-reclaim"));

/** Whether the decision holds of these facts. */
export function holds({ rows }: Compiled, facts: number): boolean {
  for (const { care, want } of rows) if ((facts & care) === want) return true;
  return false;
}

/** Whether any of the conditions holds of these facts in this kernel; all requests where none is given. */
export function holdsOf(kernel: Kernel, conditions: readonly When[] | undefined, facts: number): boolean {
  if (conditions === undefined) return true;
  return conditions.some((when) => {
    const { care, want } = rowOf(when);
    return (when.in?.(kernel) ?? true) && (facts & care) === want;
  });
}

/**
 * The first decision of a stage that sends the request elsewhere. `compaction`: what the first compaction came to, for
 * the decisions that ask.
 */
export function leaving(
  stage: readonly Compiled[],
  facts: number,
  compaction: Fruitless | null = null,
): Compiled | null {
  for (const compiled of stage) {
    if (compiled.goes === "on" || !holds(compiled, facts)) continue;
    const { afterCompaction } = compiled;
    if (afterCompaction === null || (compaction !== null && afterCompaction.includes(compaction))) return compiled;
  }
  return null;
}

/** What the decisions of a stage that hold do, together. */
export function effectsAt(stage: readonly Compiled[], facts: number): number {
  let effects = 0;
  for (const compiled of stage) if (holds(compiled, facts)) effects |= compiled.decision.does ?? 0;
  return effects;
}

/** What the decisions of a stage that hold rule out, together. */
export function ruledOutAt(stage: readonly Compiled[], facts: number): number {
  let effects = 0;
  for (const compiled of stage) if (holds(compiled, facts)) effects |= compiled.decision.rulesOut ?? 0;
  return effects;
}

/** The last decision of a stage that holds: why it came to what it came to. */
export function becauseAt(stage: readonly Compiled[], facts: number): string {
  return stage.findLast((compiled) => holds(compiled, facts))?.decision.because ?? "";
}
