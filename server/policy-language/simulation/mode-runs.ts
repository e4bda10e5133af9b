import type { Effect } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { DEFAULT_CPUS, DEFAULT_TRY_US, type MemoryState } from "../../model/memory/state.ts";
import { designedMode, kernelMode, type ModeEffects, type RangeMode } from "../../model/ranges/runs/mode.ts";
import type { RangePlan, RunsResult } from "../../model/ranges/runs/runs.ts";
import { surveyRanges, type RangeSurvey } from "../../model/ranges/runs/survey.ts";
import type { Environment } from "../analysis/environment.ts";
import { knownRuns } from "./known-runs.ts";
import { stateNamed } from "../findings/memory.ts";
import { selectedModes } from "../check/policy-checks.ts";
import { resolvePolicy } from "../policies/resolved-policy.ts";
import { requestUnder, whyOpen, type KernelRequest } from "../requests/under-kernels.ts";
import { resolvedRequestOf, type ResolvedRequest } from "../requests/requests.ts";

/** How runs are made. The same numbers give the same runs on every machine. */
export interface RunSettings {
  readonly runs: number;
  readonly seed: number;
}

/** What runs of a request in one mode came to. */
export interface ModeRow {
  /** `kernel 6.12`, or the name of a mode; with fallbacks, the requests in their order. */
  readonly mode: string;
  /** The mask of the request selects this mode of its policies. */
  readonly selected: boolean;
  /** Null: the kernel refuses the mask. */
  readonly result: RunsResult | null;
}

/** The modes in which a request for ranges can be worked, side by side: all of them meet the same worlds. */
export interface ModeComparison extends RunSettings {
  readonly request: string;
  readonly memory: string;
  readonly kernel: string;
  readonly pages: number;
  readonly ranges: number;
  readonly attempts: number;
  readonly candidates: number;
  readonly cpus: number;
  readonly tryMicroseconds: number;
  readonly rows: readonly ModeRow[];
}

/** A request for ranges under one kernel, on one state: what its modes can be run with. */
interface Prepared {
  readonly kernel: Kernel;
  readonly state: MemoryState;
  readonly resolved: ResolvedRequest;
  readonly under: KernelRequest;
  readonly survey: RangeSurvey;
}

/** A comparison of which each row is still to be run: one after the other, with something else between. */
export interface ModesToRun {
  readonly about: Omit<ModeComparison, "rows">;
  readonly rows: readonly (() => ModeRow)[];
}

/**
 * A request in the mode of the kernel, in each mode of the policies that it is bound to, and with its fallbacks, ready
 * to run. A sentence instead where there is nothing to run.
 */
export function modesToRun(
  environment: Environment,
  request: string,
  memory: string,
  kernel: Kernel,
  settings: RunSettings,
): ModesToRun | string {
  const prepared = prepare(environment, request, memory, kernel);
  if (typeof prepared === "string") return prepared;
  const { state, survey } = prepared;
  const selected = selectedModes(environment, prepared.resolved, prepared.under) ?? [];
  const alone = (mode: RangeMode | null): RunsResult | null =>
    mode === null ? null : knownRuns({ place: survey.place, plans: [planOf(survey, mode)], ...settings });
  const about = {
    ...settings,
    request,
    memory,
    kernel: kernel.name,
    pages: survey.pages,
    ranges: survey.count,
    attempts: survey.attempts,
    candidates: survey.candidates,
    cpus: state.cpus ?? DEFAULT_CPUS,
    tryMicroseconds: state.tryMicroseconds ?? DEFAULT_TRY_US,
  };
  const rows = [
    () => ({ mode: `kernel ${kernel.name}`, selected: false, result: alone(survey.kernel) }),
    ...modesOf(environment, prepared).map((mode) => () => ({
      mode: mode.name,
      selected: selected.includes(mode.name),
      result: alone(mode),
    })),
    ...chainRows(environment, prepared, memory, settings),
  ];
  return { about, rows };
}

/** All of it at once. */
export function compareModes(
  environment: Environment,
  request: string,
  memory: string,
  kernel: Kernel,
  settings: RunSettings,
): ModeComparison | string {
  const found = modesToRun(environment, request, memory, kernel, settings);
  return typeof found === "string" ? found : { ...found.about, rows: found.rows.map((run) => run()) };
}

/**
 * Runs a request in one mode: that name, or, where it is null, what the kernel does. A sentence where there is none.
 */
export function runMode(
  environment: Environment,
  request: string,
  memory: string,
  kernel: Kernel,
  mode: string | null,
  settings: RunSettings,
): RunsResult | string {
  const prepared = prepare(environment, request, memory, kernel);
  if (typeof prepared === "string") return prepared;
  const { survey } = prepared;
  const chosen = mode === null ? survey.kernel : modesOf(environment, prepared).find(({ name }) => name === mode);
  if (chosen === null) return "the kernel refuses the mask";
  if (chosen === undefined) return `no policy of ${request} has a mode ${mode ?? ""}`;
  return knownRuns({ place: survey.place, plans: [planOf(survey, chosen)], ...settings });
}

function prepare(environment: Environment, request: string, memory: string, kernel: Kernel): Prepared | string {
  const binding = environment.lookup("subject", request);
  if (binding === null || binding.declaration.kind !== "request") return `there is no request ${request}`;
  if (binding.damaged) return `${request} has syntax errors`;
  const state = stateNamed(environment, memory);
  if (state === null) return `the state of memory ${memory} cannot be: \`allocpolicy check\` says why`;
  const resolved = resolvedRequestOf(environment, binding);
  const under = requestUnder(environment, resolved, kernel);
  if (under === null) return `${request} names no call of ${kernel.name}`;
  const open = whyOpen(environment, resolved, under);
  if (open !== null) return open;
  const survey = surveyRanges(kernel, under.request, state);
  return "why" in survey ? survey.why : { kernel, state, resolved, under, survey };
}

function planOf(survey: RangeSurvey, mode: RangeMode): RangePlan {
  const { pages, count, attempts, candidates, mapped, rules } = survey;
  return { mode, pages, count, attempts, candidates, mapped, rules };
}

// Modes
// ----------------------------------------------------------------------------------------------------------------

/** The modes of the policies of a request, as far as they say how hard it is tried, each name once. */
function modesOf(environment: Environment, { kernel, resolved, under }: Prepared): readonly RangeMode[] {
  const base = kernelMode(kernel, under.request.mask);
  const modes = new Map<string, RangeMode>();
  for (const binding of resolved.policies)
    for (const { clause } of resolvePolicy(environment, binding)?.clauses ?? [])
      if (clause.kind === "mode" && clause.name !== null)
        modes.set(clause.name.text, designedMode(clause.name.text, effectsOf(clause.effects), base));
  return [...modes.values()];
}

function effectsOf(effects: readonly Effect[]): ModeEffects {
  const words = (name: string): readonly string[] | null => {
    const values = effects.findLast((effect) => effect.name.text === name)?.values;
    return values === undefined || values === null || "value" in values ? null : values.map(({ text }) => text);
  };
  const retries = effects.findLast((effect) => effect.name.text === "retries")?.values;
  return {
    drain: words("drain"),
    pcp: words("pcp")?.[0] ?? null,
    retries: retries !== undefined && retries !== null && "value" in retries ? retries.value : null,
    sleeps: words("sleeps")?.[0] ?? null,
  };
}

// Fallbacks
// ------------------------------------------------------------------------------------------------------------

/** The request with its fallbacks: as the kernel does it, and in the modes that the masks select. */
function chainRows(
  environment: Environment,
  first: Prepared,
  memory: string,
  settings: RunSettings,
): readonly (() => ModeRow)[] {
  const chain = chainOf(environment, first, memory);
  if (chain.length < 2) return [];
  const names = chain.map(({ resolved }) => resolved.name ?? "").join(", then ");
  const inKernel = chain.flatMap(({ survey }) => (survey.kernel === null ? [] : [planOf(survey, survey.kernel)]));
  const inModes = chain.flatMap((each) => {
    const mode = selectedMode(environment, each) ?? each.survey.kernel;
    return mode === null ? [] : [planOf(each.survey, mode)];
  });
  const row = (title: string, plans: readonly RangePlan[]) => (): ModeRow => {
    const [head, ...more] = plans;
    const result =
      head === undefined ? null : knownRuns({ place: first.survey.place, plans: [head, ...more], ...settings });
    return { mode: `${title}: ${names}`, selected: false, result };
  };
  return [
    row(`kernel ${first.kernel.name}`, inKernel),
    ...(chain.some((each) => selectedMode(environment, each) !== null) ? [row("modes", inModes)] : []),
  ];
}

function selectedMode(environment: Environment, prepared: Prepared): RangeMode | null {
  const selected = selectedModes(environment, prepared.resolved, prepared.under) ?? [];
  return modesOf(environment, prepared).find(({ name }) => selected.includes(name)) ?? null;
}

function chainOf(environment: Environment, first: Prepared, memory: string): readonly Prepared[] {
  const chain = [first];
  const seen = new Set([first.resolved.name]);
  for (let next = first.resolved.fallback?.name.text ?? null; next !== null && !seen.has(next); ) {
    seen.add(next);
    const prepared = prepare(environment, next, memory, first.kernel);
    if (typeof prepared === "string") break;
    chain.push(prepared);
    next = prepared.resolved.fallback?.name.text ?? null;
  }
  return chain;
}
