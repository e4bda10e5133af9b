import { apiNamed } from "../../model/apis.ts";
import { isAtomic, type Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { kernelOf } from "../../model/kernels/kernels.ts";
import { verdict } from "../../model/verdict.ts";
import { kernelRule } from "../../rules/catalogue.ts";
import { judge, type SiteFinding } from "../../rules/judge.ts";
import type { Anchor, Rule, RuleFix } from "../../rules/rule.ts";
import { judged } from "./answers.ts";
import { apiOf, type Call } from "../functions/call.ts";
import {
  ANYWHERE,
  contextWith,
  isBinding,
  RANK,
  stronger,
  weaker,
  type Bindings,
  type Confidence,
  type Fact,
  type LocalStep,
} from "../evidence.ts";
import { both, canReach, conditionsOf, factsLeft, ownFacts } from "../link/facts.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import type { NamedFile } from "../link/linked.ts";
import { callSite, readingsOf, valueIn, withoutMask, type MaskReading } from "./site.ts";
import type { Held } from "../functions/state.ts";
import type { Way } from "../link/ways.ts";

/** By what a call is judged. */
export interface Asking {
  readonly kernel: Kernel;
  /** What is less sure is left out. */
  readonly confidence: Confidence;
}

/** A finding of one call, before it is placed. */
export interface Said {
  readonly finding: SiteFinding<Anchor, RuleFix>;
  readonly readings: readonly MaskReading[];
  readonly confidence: Confidence;
  readonly isConvention: boolean;
  readonly isAnywhere: boolean;
  /** The way by which the function is reached; null: what it shows itself is enough. */
  readonly way: Way | null;
  /** What of the function itself proves it. */
  readonly proof: readonly LocalStep[];
}

/** What proves a place, and how surely. */
export type Proven = Pick<Said, "confidence" | "isConvention" | "way" | "proof">;

const BY_THE_MASK: Proven = { confidence: "certain", isConvention: false, way: null, proof: [] };

/** Judges a call in these contexts; rules that have spoken before are not asked again. */
function say(
  read: FunctionRead,
  call: Call,
  named: NamedFile,
  kernel: Kernel,
  contexts: readonly Context[],
  bindings: Bindings,
  proven: Proven,
  said: Map<string, Said>,
): void {
  if (call.allocation === null) return;
  const readings = readingsOf(named.file, read, call.allocation, bindings);
  if (readings === null || (call.allocation.mask !== null && readings.length === 0)) return;
  const where = contexts.length === 1 ? contexts : allowed(call, readings, contexts, kernel);
  const sure = provenThrough(call, proven);
  const isAnywhere = proven.way === null && proven.proof.length === 0;
  for (const finding of judged(call, named, readings, where, kernel))
    if (!said.has(finding.rule)) said.set(finding.rule, { finding, readings, isAnywhere, ...sure });
}

/** What is said of a call that stands for another is as sure as that it does. */
function provenThrough({ name, start, allocation }: Call, proven: Proven): Proven {
  const through = allocation?.through ?? null;
  if (through === null) return proven;
  const step: LocalStep = { start, end: start + name.length, text: through.because };
  return { ...proven, confidence: weaker(proven.confidence, through.sure), proof: [...proven.proof, step] };
}

/** What is said of a call by what its function shows. */
export function saidAlone(
  read: FunctionRead,
  call: Call,
  named: NamedFile,
  { kernel, confidence }: Asking,
): readonly Said[] {
  const said = new Map<string, Said>();
  const facts = factsFor(call, ownFacts(read, call.state));
  const slept = call.state.sleptAt >= 0;
  const names = facts.map(({ context }) => context);
  const scopes = names.filter((name) => !isForbidding(kernel, name));
  const anywhere = unproven(kernel, scopes, slept);
  say(read, call, named, kernel, anywhere, {}, BY_THE_MASK, said);
  addOutsideReclaim(read, call, named, anywhere, kernel, said);
  if (confidence !== "certain") addUnlooked(read, call, named, anywhere, { kernel, confidence }, said);
  const elsewhere = call.allocation?.through?.isFixed === true ? [...said.keys()] : [];
  if (names.length > scopes.length) {
    const firm = facts.filter((fact) => !fact.isLoose && isForbidding(kernel, fact.context));
    const sayUnder = (under: readonly Fact[], sure: Confidence): void => {
      const proof = stepsOf(under, kernel);
      const proven: Proven = { confidence: sure, isConvention: under !== firm, way: null, proof };
      const context = contextWith(kernel, [...scopes, ...under.map((fact) => fact.context)]);
      const conditions = conditionsOf(call.state);
      if (RANK[sure] >= RANK[confidence]) say(read, call, named, kernel, [context], conditions, proven, said);
    };
    const sure = firm.reduce<Confidence>((most, fact) => stronger(most, fact.sure), "possible");
    if (firm.length > 0) sayUnder(firm, sure);
    if (firm.length < names.length - scopes.length) sayUnder(facts, "possible");
  }
  addForRt(read, call, named, facts, kernel, said);
  // What is wrong with a mask wherever it stands is told where it does.
  for (const rule of elsewhere) said.delete(rule);
  return [...said.values()];
}

/** Judges a call where a way leads to it. */
export function reachedBy(
  read: FunctionRead,
  call: Call,
  way: Way,
  named: NamedFile,
  { kernel, confidence }: Asking,
  said: Map<string, Said>,
): void {
  const { state, allocation } = call;
  if (RANK[way.confidence] < RANK[confidence] || !canReach(state, way.bindings)) return;
  const brought = heldAt(call, factsLeft(way.facts, state));
  if (brought.length === 0) return;
  const own = factsFor(call, ownFacts(read, state));
  const names = both(brought, own).map((fact) => fact.context);
  const context = contextWith(kernel, names);
  if (!isBinding(kernel, context)) return;
  const sure: Pick<Proven, "confidence" | "isConvention"> =
    allocation?.result.isOnce === true ? { confidence: "possible", isConvention: true } : way;
  const { confidence: most, isConvention } = sure;
  const proven: Proven = { confidence: most, isConvention, way, proof: stepsOf(own, kernel) };
  const contexts = way.mayBeAtomic ? [context, contextWith(kernel, [...names, "spin_lock"])] : [context];
  say(read, call, named, kernel, contexts, way.bindings, proven, said);
}

const UNCHECKED: readonly Rule[] = ["unchecked-result"].flatMap((id) => kernelRule(id) ?? []);
const COSTLY: readonly Rule[] = ["nofail-costly-order"].flatMap((id) => kernelRule(id) ?? []);

/**
 * Of a result that nobody looks at, and of a high order that must not fail, another rule speaks where reclaim is: it is
 * wrong in every place.
 */
function addOutsideReclaim(
  read: FunctionRead,
  call: Call,
  named: NamedFile,
  anywhere: readonly Context[],
  kernel: Kernel,
  said: Map<string, Said>,
): void {
  const { allocation } = call;
  if (allocation === null || allocation.api === null) return;
  const outside = anywhere.filter(({ task }) => task === 0);
  const readings = outside.length === anywhere.length ? null : readingsOf(named.file, read, allocation, {});
  if (readings === null) return;
  const isNofail = readings.some((reading) => (valueIn(reading, kernel).mask & kernel.bits.NOFAIL) !== 0);
  const rules = allocation.result.is === "unchecked" ? UNCHECKED : isNofail ? COSTLY : [];
  if (rules.every(({ id }) => said.has(id))) return;
  const where = allowed(call, readings, outside, kernel);
  for (const finding of judge(
    callSite(call, named.file, readings, () => where),
    kernel,
    rules,
  ))
    said.set(finding.rule, { finding, readings, ...BY_THE_MASK, isAnywhere: false });
}

/** Of a result that is handed on or kept, and that nobody in its function looks at, another rule speaks too. */
function addUnlooked(
  read: FunctionRead,
  call: Call,
  named: NamedFile,
  anywhere: readonly Context[],
  { kernel, confidence }: Asking,
  said: Map<string, Said>,
): void {
  const { allocation } = call;
  const unlooked = allocation?.result.unlooked ?? null;
  if (allocation === null || allocation.api === null || unlooked === null) return;
  if (!/\*\s*\w+\(/.test(apiNamed(allocation.api)?.signature ?? "")) return;
  const sure = unlooked.isUsed ? "likely" : "possible";
  if (RANK[sure] < RANK[confidence]) return;
  const unchecked: Call = { ...call, allocation: { ...allocation, result: { ...allocation.result, is: "unchecked" } } };
  const outside = anywhere.filter(({ task }) => task === 0);
  const readings = readingsOf(named.file, read, allocation, {});
  if (readings === null) return;
  const where = allowed(call, readings, outside, kernel);
  const site = callSite(unchecked, named.file, readings, () => where);
  const proven = { ...BY_THE_MASK, confidence: sure, isAnywhere: false } as const;
  for (const finding of judge(site, kernel, UNCHECKED)) said.set(finding.rule, { finding, readings, ...proven });
}

const RT_RULES: readonly Rule[] = ["rt-alloc-in-atomic"].flatMap((id) => kernelRule(id) ?? []);

/**
 * A raw spinlock spins on PREEMPT_RT too, and lockdep reports an allocation under one on every kernel
 * (PROVE_RAW_LOCK_NESTING): worth knowing where PREEMPT_RT is off.
 */
function addForRt(
  read: FunctionRead,
  call: Call,
  named: NamedFile,
  facts: readonly Fact[],
  kernel: Kernel,
  said: Map<string, Said>,
): void {
  const raw = facts.filter(({ family }) => family === "raw");
  const isInside = call.allocation?.through?.isInside === true;
  if (raw.length === 0 || kernel.options.PREEMPT_RT || call.allocation === null || isInside) return;
  const rt = kernelOf(kernel.name, { ...kernel.options, PREEMPT_RT: true });
  const readings = readingsOf(named.file, read, call.allocation, {});
  if ("unknown" in rt || readings === null || readings.length === 0) return;
  const where = [
    contextWith(
      rt,
      facts.map(({ context }) => context),
    ),
  ];
  for (const finding of judge(
    callSite(call, named.file, readings, () => where),
    rt,
    RT_RULES,
  )) {
    const message = finding.message.replace(/: with PREEMPT_RT /, ": on PREEMPT_RT ");
    const lower = { ...finding, severity: "information", message } as const;
    said.set(finding.rule, { finding: lower, readings, ...BY_THE_MASK, isAnywhere: false, proof: takenIn(raw) });
  }
}

/** `__xa_store()` and its kin drop the array's own lock for a mask that blocks. lib/xarray.c:__xas_nomem */
const heldAt = (call: Call, facts: readonly Fact[]): readonly Fact[] =>
  apiOf(call).startsWith("__xa_") ? facts.filter(({ family }) => family !== "xa") : facts;

/** What holds where a call asks for memory, of what its function holds. */
function factsFor(call: Call, facts: readonly Fact[]): readonly Fact[] {
  const left = heldAt(call, facts);
  const held = call.allocation?.through?.held ?? [];
  return held.length === 0 ? left : [...left, ...held.map((one) => heldThrough(call, one))];
}

/** What a function that stands for another holds itself where it calls that. */
function heldThrough({ name, start }: Call, { by, context, family, lock, sure }: Held): Fact {
  const text = `${name}() takes its memory under ${lock === null ? `${by}()` : `${by}(${lock})`}`;
  return { context, family, lock, isLoose: false, sure, taken: { start, end: start + name.length, text } };
}

/** The fact by itself forbids something; a scope and a lock that sleeps do not. */
const isForbidding = (kernel: Kernel, name: string): boolean => isBinding(kernel, contextWith(kernel, [name]));

const takenIn = (facts: readonly Fact[]): readonly LocalStep[] => facts.flatMap(({ taken }) => taken ?? []);

const stepsOf = (facts: readonly Fact[], kernel: Kernel): readonly LocalStep[] =>
  takenIn(facts.filter(({ context }) => isForbidding(kernel, context)));

/** Where a call can stand of which nothing is proven but scopes, or that it may sleep. */
function unproven(kernel: Kernel, scopes: readonly string[], slept: boolean): readonly Context[] {
  const bases = slept ? [contextWith(kernel, [])] : ANYWHERE;
  return scopes.length === 0 ? bases : bases.map((base) => contextWith(kernel, scopes, base));
}

/**
 * Of the places where a call can stand those where it may: who sleeps in an interrupt is wrong already, and what is
 * said of the others is true of all that are left.
 */
function allowed(
  call: Call,
  readings: readonly MaskReading[],
  contexts: readonly Context[],
  kernel: Kernel,
): readonly Context[] {
  const sleeps =
    readings.length === 0
      ? !isSleepless(call, kernel)
      : readings.every((reading) => (valueIn(reading, kernel).mask & kernel.bits.DIRECT_RECLAIM) !== 0);
  return sleeps ? contexts.filter((context) => !isAtomic(kernel, context)) : contexts;
}

/** By the name of the function, which alone decides it. */
const sleepless = new WeakMap<Kernel, Map<string, boolean>>();

/** A call without a mask that does not sleep in a process, and so nowhere. */
function isSleepless(call: Call, kernel: Kernel): boolean {
  const known = sleepless.get(kernel) ?? new Map<string, boolean>();
  sleepless.set(kernel, known);
  const api = call.allocation?.api ?? null;
  // Of what the model does not know nothing is known.
  if (api === null) return true;
  const is = known.get(api) ?? isSleeplessAs(api, call, kernel);
  known.set(api, is);
  return is;
}

function isSleeplessAs(api: string, call: Call, kernel: Kernel): boolean {
  // That they sleep is what is known of them.
  if (call.allocation?.through?.isInside === true) return false;
  const request = {
    api,
    mask: withoutMask(kernel, call.allocation),
    order: null,
    sizeBytes: null,
    pages: null,
    count: null,
    context: contextWith(kernel, []),
    node: null,
    cache: null,
    poolEmpty: false,
  };
  return apiNamed(api)?.exists(kernel) !== true || verdict(kernel, request).sleeps === "never";
}
