import type { Kernel } from "../kernels/kernel.ts";
import { perKernel } from "../kernels/per-kernel.ts";
import type { Decision, Fruitless, Goes, Stage, When } from "./decision.ts";
import { STAGES } from "./decision.ts";
import { DECISIONS, type DecisionName, type Decisions } from "./decisions.ts";
import { FACT, factTables, type FactTables } from "./facts.ts";
import { walksOf, type Row, type Walks } from "./static-walk.ts";

/** A decision as one kernel takes it: it holds of facts that have, of the bits of `care`, those of `want`. */
export interface Compiled {
  readonly name: DecisionName;
  readonly decision: Decision;
  readonly rows: readonly Row[];
  /** The rows again, care and want in turn. */
  readonly conditions: Int32Array;
  readonly does: number;
  readonly rulesOut: number;
  readonly goes: Goes;
  /** Null: it does not ask what the first compaction came to. */
  readonly afterCompaction: readonly Fruitless[] | null;
}

/** The decisions of one stage in their order: all of them, and those that do the one or the other thing. */
export interface StageDecisions {
  readonly all: readonly Compiled[];
  readonly does: readonly Compiled[];
  readonly rulesOut: readonly Compiled[];
  readonly leaves: readonly Compiled[];
  readonly warns: readonly Compiled[];
}

/** The decisions of one kernel, by stage for the simulation and as walks for the verdict. */
export interface DecisionTable {
  readonly facts: FactTables;
  readonly decisions: readonly Compiled[];
  readonly at: Readonly<Record<Stage, StageDecisions>>;
  readonly walks: Walks;
  readonly charge: Walks;
}

/** The decisions of kernels that decide otherwise. */
const changed = new WeakMap<Kernel, Decisions>();

/** What this kernel decides; made at the first question. */
export const tableOf: (kernel: Kernel) => DecisionTable = perKernel((kernel) =>
  compile(kernel, changed.get(kernel) ?? DECISIONS),
);

/**
 * The same kernel with other decisions: for what a change of the slow path would do to verdict, simulation, rules and
 * policies.
 */
export function kernelDeciding(kernel: Kernel, decisions: Decisions): Kernel {
  const other = { ...kernel };
  changed.set(other, decisions);
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
      const { does = 0, rulesOut = 0, goes = "on" } = decision;
      const rows = rowsOf(name);
      const conditions = Int32Array.from(rows.flatMap(({ care, want }) => [care, want]));
      return { name, decision, rows, conditions, does, rulesOut, goes, afterCompaction };
    })
    .filter(({ rows }) => rows.length > 0);
  const stage = (name: Stage): readonly Compiled[] => compiled.filter(({ decision }) => decision.stage === name);
  const ordered = STAGES.filter((name) => name !== "charge").flatMap(stage);
  return {
    facts: factTables(kernel),
    decisions: [...ordered, ...stage("charge")],
    at: byStage((name) => stageDecisions(stage(name))),
    walks: walksOf(ordered),
    charge: walksOf(stage("charge")),
  };
}

function stageDecisions(all: readonly Compiled[]): StageDecisions {
  return {
    all,
    does: all.filter(({ does }) => does !== 0),
    rulesOut: all.filter(({ rulesOut }) => rulesOut !== 0),
    leaves: all.filter(({ goes }) => goes !== "on"),
    warns: all.filter(({ decision }) => decision.warnSite !== undefined),
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

/** Whether the decision holds of these facts. */
export function holds({ conditions }: Compiled, facts: number): boolean {
  for (let at = 0; at < conditions.length; at += 2)
    if ((facts & (conditions[at] ?? 0)) === conditions[at + 1]) return true;
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
  { leaves }: StageDecisions,
  facts: number,
  compaction: Fruitless | null = null,
): Compiled | null {
  for (const compiled of leaves) {
    if (!holds(compiled, facts)) continue;
    const { afterCompaction } = compiled;
    if (afterCompaction === null || (compaction !== null && afterCompaction.includes(compaction))) return compiled;
  }
  return null;
}

/** What the decisions of a stage that hold do, together. */
export function effectsAt({ does }: StageDecisions, facts: number): number {
  let effects = 0;
  for (const compiled of does) if (holds(compiled, facts)) effects |= compiled.does;
  return effects;
}

/** What the decisions of a stage that hold rule out, together. */
export function ruledOutAt({ rulesOut }: StageDecisions, facts: number): number {
  let effects = 0;
  for (const compiled of rulesOut) if (holds(compiled, facts)) effects |= compiled.rulesOut;
  return effects;
}

/** The last decision of a stage that holds: why it came to what it came to. */
export function becauseAt({ all }: StageDecisions, facts: number): string {
  return all.findLast((compiled) => holds(compiled, facts))?.decision.because ?? "";
}
