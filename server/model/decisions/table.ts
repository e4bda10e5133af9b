import { madeOnce } from "../kept.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { alsoAsked, noted, NO_QUESTIONS, unionOf, unnoted, type Questions } from "../kernels/questions.ts";
import type { Decision, Fruitless, Goes, Stage, When } from "./decision.ts";
import { STAGES } from "./decision.ts";
import { DECISIONS, type DecisionName, type Decisions } from "./decisions.ts";
import { FACT, factTables, type FactTables } from "./facts.ts";
import { AGAIN, walksOf, type Row, type Walks } from "./static-walk.ts";

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

/** The decisions that a try comes to, in order, and the paths that were asked for last. */
export interface Course {
  readonly decisions: readonly Compiled[];
  /** The facts that make a difference. */
  readonly looksAt: number;
  /** Where a try goes that goes round again, and where one that has run out of ways. */
  readonly again: number;
  readonly nopage: number;
  /** By those of their facts that make a difference. */
  readonly paths: Map<number, readonly Compiled[]>;
}

function courseOf(decisions: readonly Compiled[]): Course {
  const begin = (stages: readonly Stage[]): number => {
    const at = decisions.findIndex(({ decision }) => stages.includes(decision.stage));
    return at < 0 ? decisions.length : at;
  };
  let looksAt = 0;
  for (const { rows } of decisions) for (const { care } of rows) looksAt |= care;
  return { decisions, looksAt, again: begin(AGAIN), nopage: begin(["nopage", "fail"]), paths: new Map() };
}

/** The decisions of one kernel, by stage for the simulation and as walks for the verdict. */
export interface DecisionTable {
  readonly facts: FactTables;
  readonly decisions: readonly Compiled[];
  readonly named: ReadonlyMap<DecisionName, Compiled>;
  /** What each decision asked of the kernel, those included that this kernel does not take. */
  readonly questions: ReadonlyMap<DecisionName, Questions>;
  /** What a try goes through (`pathOf`). */
  readonly course: Course;
  readonly at: Readonly<Record<Stage, StageDecisions>>;
  readonly walks: Walks;
  readonly charge: Walks;
}

/** The decisions of kernels that decide otherwise. */
const changed = new WeakMap<Kernel, Decisions>();

const tables = new WeakMap<Kernel, DecisionTable>();
let last: DecisionTable | null = null;

/**
 * What this kernel decides; made at the first question. Whoever looks up a decision there notes what that one asked of
 * the kernel (`DecisionTable.questions`); paths and walks do so by themselves.
 */
export function tableOf(kernel: Kernel): DecisionTable {
  if (last?.facts.kernel === kernel) return last;
  const table = madeOnce(tables, kernel, () => unnoted(() => compile(kernel, changed.get(kernel) ?? DECISIONS)));
  last = table;
  return table;
}

/**
 * The same kernel with other decisions: for what a change of the slow path would do to verdict, simulation, rules and
 * policies.
 */
export function kernelDeciding(kernel: Kernel, decisions: Decisions): Kernel {
  const other = { ...kernel };
  changed.set(other, decisions);
  return other;
}

/** Whether a kernel decides otherwise than its release. */
export function hasOwnDecisions(kernel: Kernel): boolean {
  return changed.has(kernel);
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
  const made = names.map((name) =>
    noted(kernel, (): Compiled => {
      const decision = decisions[name];
      const afterCompaction = decision.afterCompaction?.(kernel) ?? null;
      const { does = 0, rulesOut = 0, goes = "on" } = decision;
      const rows = rowsOf(name);
      const conditions = Int32Array.from(rows.flatMap(({ care, want }) => [care, want]));
      return { name, decision, rows, conditions, does, rulesOut, goes, afterCompaction };
    }),
  );
  const compiled = made.map(({ value }) => value).filter(({ rows }) => rows.length > 0);
  /** For facts: what the decisions asked of the kernel that can hold of them in some kernel. */
  const notes = (isOf: (stage: Stage) => boolean): Walks["note"] => {
    const asking = made.filter(({ value, questions }) => questions !== NO_QUESTIONS && isOf(value.decision.stage));
    if (asking.length === 0) return null;
    const rows = asking.flatMap(({ value }) =>
      possibleRows(kernel, decisions, value.name).map((row) => ({
        ...row,
        // Whoever is sent away comes to nothing that follows, whatever is asked for.
        isAlways: value.goes !== "on",
        about: value.does | value.rulesOut,
      })),
    );
    const knownAbout = new Map<number, Map<number, Questions>>();
    return (facts, about) => {
      const known = madeOnce(knownAbout, about, () => new Map<number, Questions>());
      let questions = known.get(facts);
      if (questions === undefined) {
        const holding = rows.filter(
          (row) => (row.isAlways || (row.about & about) !== 0) && (facts & row.care) === row.want,
        );
        questions = unionOf(holding.map((one) => one.questions));
        if (known.size >= MOST_KNOWN) known.clear();
        known.set(facts, questions);
      }
      alsoAsked(questions);
    };
  };
  const stage = (name: Stage): readonly Compiled[] => compiled.filter(({ decision }) => decision.stage === name);
  const ordered = STAGES.filter((name) => name !== "charge").flatMap(stage);
  return {
    facts: factTables(kernel),
    decisions: [...ordered, ...stage("charge")],
    named: new Map(compiled.map((one) => [one.name, one])),
    questions: new Map(made.map(({ value, questions }) => [value.name, questions])),
    course: courseOf(ordered),
    at: byStage((name) => stageDecisions(stage(name))),
    walks: walksOf(
      ordered,
      notes((name) => name !== "charge"),
    ),
    charge: walksOf(
      stage("charge"),
      notes((name) => name === "charge"),
    ),
  };
}

const MOST_KNOWN = 4096;

/** The conditions of a decision, whatever the kernel, and what is asked of the kernel where they are met. */
function possibleRows(
  kernel: Kernel,
  decisions: Decisions,
  name: string,
): readonly (Row & { readonly questions: Questions })[] {
  const decision = isDecisionName(name) ? decisions[name] : undefined;
  if (decision === undefined) return [];
  const { questions } = noted(kernel, () => [decision.in?.(kernel), decision.afterCompaction?.(kernel)]);
  const own = decision.when.map((when) => ({
    ...rowOf(when),
    questions: unionOf([questions, noted(kernel, () => when.in?.(kernel)).questions]),
  }));
  if (decision.after === undefined) return own;
  return possibleRows(kernel, decisions, decision.after).flatMap((before) =>
    own.flatMap((row) =>
      both([before], [row]).map((joined) => ({ ...joined, questions: unionOf([before.questions, row.questions]) })),
    ),
  );
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
