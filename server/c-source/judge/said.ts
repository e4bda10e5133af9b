import { apiNamed } from "../../model/apis.ts";
import { isAtomic, type Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { kernelOf } from "../../model/kernels/kernels.ts";
import { verdict } from "../../model/verdict.ts";
import { judge, type SiteFinding } from "../../rules/judge.ts";
import type { Anchor, Rule, RuleFix } from "../../rules/rule.ts";
import { judged, rulesNamed } from "./answers.ts";
import { apiOf, nameOf, type Allocation, type Call } from "../functions/call.ts";
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
import { keptFor } from "../../model/kept.ts";
import { both, canReach, conditionsOf, factsLeft, ownFacts } from "../link/facts.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import type { NamedFile } from "../link/linked.ts";
import { callSite, knownPart, readingsOf, valueIn, withoutMask, type MaskReading } from "./site.ts";
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

/** A call that is judged, and what is said of it so far, by rule. */
interface Judging {
  readonly read: FunctionRead;
  readonly call: Call;
  readonly allocation: Allocation;
  readonly named: NamedFile;
  readonly kernel: Kernel;
  readonly said: Map<string, Said>;
}

/** The masks that it can be given, the parameters of its function being these; null: they are not known. */
function masksOf({ read, allocation, named }: Judging, bindings: Bindings): readonly MaskReading[] | null {
  const readings = readingsOf(named.file, read, allocation, bindings);
  return allocation.mask !== null && readings?.length === 0 ? null : readings;
}

/** Judges a call in these contexts; rules that have spoken before are not asked again. */
function say(judging: Judging, contexts: readonly Context[], bindings: Bindings, proven: Proven): void {
  const { call, named, kernel, said } = judging;
  const readings = masksOf(judging, bindings);
  if (readings === null) return;
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
  const step: LocalStep = { ...nameOf({ start, name }), text: through.because, into: name };
  return { ...proven, confidence: weaker(proven.confidence, through.sure), proof: [...proven.proof, step] };
}

/** What is said of a call by what its function shows. */
export function saidAlone(
  read: FunctionRead,
  call: Call,
  named: NamedFile,
  { kernel, confidence }: Asking,
): readonly Said[] {
  const { allocation, state } = call;
  if (allocation === null) return [];
  const said = new Map<string, Said>();
  const judging: Judging = { read, call, allocation, named, kernel, said };
  const facts = factsFor(call, ownFacts(read, state));
  const names = facts.map(({ context }) => context);
  const scopes = names.filter((name) => !isForbidding(kernel, name));
  const isFree = names.length === scopes.length;
  // Who slept before it took a spinlock does not sleep under it.
  const anywhere = unproven(kernel, scopes, state.sleptAt >= 0 && isFree);
  say(judging, anywhere, {}, BY_THE_MASK);
  addOutsideReclaim(judging, anywhere, confidence);
  const elsewhere = allocation.through?.isFixed === true ? [...said.keys()] : [];
  if (!isFree) {
    const firm = facts.filter((fact) => !fact.isLoose && isForbidding(kernel, fact.context));
    const sayUnder = (under: readonly Fact[], sure: Confidence): void => {
      if (RANK[sure] < RANK[confidence]) return;
      const context = contextWith(kernel, [...scopes, ...under.map((fact) => fact.context)]);
      const proof = stepsOf(under, kernel);
      say(judging, [context], conditionsOf(state), {
        confidence: sure,
        isConvention: under !== firm,
        way: null,
        proof,
      });
    };
    if (firm.length > 0)
      sayUnder(
        firm,
        firm.reduce<Confidence>((most, fact) => stronger(most, fact.sure), "possible"),
      );
    if (firm.length < names.length - scopes.length) sayUnder(facts, "possible");
  }
  addForRt(judging, facts);
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
  if (allocation === null || RANK[way.confidence] < RANK[confidence] || !canReach(state, way.bindings)) return;
  const brought = heldAt(call, factsLeft(way.facts, state));
  if (brought.length === 0) return;
  const own = factsFor(call, ownFacts(read, state));
  const names = both(brought, own).map((fact) => fact.context);
  const context = contextWith(kernel, names);
  if (!isBinding(kernel, context)) return;
  const { confidence: sure, isConvention } = allocation.result.isOnce ? BY_ONE_WAY : way;
  const contexts = way.mayBeAtomic ? [context, contextWith(kernel, [...names, "spin_lock"])] : [context];
  const proven: Proven = { confidence: sure, isConvention, way, proof: stepsOf(own, kernel) };
  say({ read, call, allocation, named, kernel, said }, contexts, way.bindings, proven);
}

/** Of what is made once nobody knows which way makes it. */
const BY_ONE_WAY: Pick<Proven, "confidence" | "isConvention"> = { confidence: "possible", isConvention: true };

const UNCHECKED = rulesNamed("unchecked-result");
const COSTLY = rulesNamed("nofail-costly-order");
const RT_RULES = rulesNamed("rt-alloc-in-atomic");

/** Adds what some rules say of a call in these contexts. */
function add(
  { call, named, said }: Judging,
  kernel: Kernel,
  contexts: readonly Context[],
  readings: readonly MaskReading[],
  rules: readonly Rule[],
  more: Partial<Proven> = {},
): void {
  const site = callSite(call, named.file, readings, () => contexts);
  for (const finding of judge(site, kernel, rules))
    said.set(finding.rule, { finding, readings, isAnywhere: false, ...BY_THE_MASK, ...more });
}

/**
 * Of a result that nobody looks at, of one that is handed on or kept, and of a high order that must not fail, another
 * rule speaks where reclaim is: it is wrong in every place.
 */
function addOutsideReclaim(judging: Judging, anywhere: readonly Context[], confidence: Confidence): void {
  const { call, allocation, kernel, said } = judging;
  const { api, result } = allocation;
  const readings = api === null ? null : readingsOf(judging.named.file, judging.read, allocation, {});
  if (api === null || readings === null) return;
  const outside = anywhere.filter(({ task }) => task === 0);
  const where = (): readonly Context[] => allowed(call, readings, outside, kernel);
  const isNofail = readings.some((reading) => (valueIn(reading, kernel).mask & kernel.bits.NOFAIL) !== 0);
  const rules = result.is === "unchecked" ? UNCHECKED : isNofail ? COSTLY : [];
  if (outside.length < anywhere.length && rules.some(({ id }) => !said.has(id)))
    add(judging, kernel, where(), readings, rules);
  const { unlooked } = result;
  if (unlooked === null || !/\*\s*\w+\(/.test(apiNamed(api)?.signature ?? "")) return;
  const sure = unlooked.isUsed ? "likely" : "possible";
  if (RANK[sure] < RANK[confidence]) return;
  const unchecked: Call = { ...call, allocation: { ...allocation, result: { ...result, is: "unchecked" } } };
  add({ ...judging, call: unchecked }, kernel, where(), readings, UNCHECKED, { confidence: sure });
}

/**
 * A raw spinlock spins on PREEMPT_RT too, and lockdep reports an allocation under one on every kernel
 * (PROVE_RAW_LOCK_NESTING): worth knowing where PREEMPT_RT is off.
 */
function addForRt(judging: Judging, facts: readonly Fact[]): void {
  const { kernel, allocation, said } = judging;
  const raw = facts.filter(({ family }) => family === "raw");
  if (raw.length === 0 || kernel.options.PREEMPT_RT || allocation.through?.isInside === true) return;
  const rt = kernelOf(kernel.name, { ...kernel.options, PREEMPT_RT: true });
  const readings = readingsOf(judging.named.file, judging.read, allocation, {});
  if ("unknown" in rt || readings === null || readings.length === 0) return;
  const contexts = [
    contextWith(
      rt,
      facts.map(({ context }) => context),
    ),
  ];
  const found = new Map<string, Said>();
  // Whatever is added to a mask, it allocates.
  const known = readings.map((reading) => knownPart(reading, rt) ?? reading);
  add({ ...judging, said: found }, rt, contexts, known, RT_RULES, { proof: takenIn(raw) });
  for (const [rule, one] of found) {
    const message = one.finding.message.replace(/: with PREEMPT_RT /, ": on PREEMPT_RT ");
    said.set(rule, { ...one, finding: { ...one.finding, severity: "information", message } });
  }
}

/** `__xa_store()` and its kin drop the array's own lock for a mask that blocks. lib/xarray.c:__xas_nomem */
const heldAt = (call: Call, facts: readonly Fact[]): readonly Fact[] =>
  apiOf(call).startsWith("__xa_") ? facts.filter(({ family }) => family !== "xa") : facts;

/** What holds where a call asks for memory, of what its function holds, and the one that makes the call for it. */
function factsFor(call: Call, facts: readonly Fact[]): readonly Fact[] {
  const held = call.allocation?.through?.held ?? [];
  return heldAt(call, held.length === 0 ? facts : [...facts, ...held.map((one) => heldThrough(call, one))]);
}

/** What a function that stands for another holds itself where it calls that. */
function heldThrough(call: Call, { by, context, family, lock, sure }: Held): Fact {
  const text = `${call.name}() takes its memory under ${by}(${lock ?? ""})`;
  return { context, family, lock, isLoose: false, sure, taken: { ...nameOf(call), text } };
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
const sleepless = keptFor((_: Kernel) => new Map<string, boolean>());

/** A call without a mask that does not sleep in a process, and so nowhere. */
function isSleepless(call: Call, kernel: Kernel): boolean {
  const api = call.allocation?.api ?? null;
  // Of what the model does not know nothing is known.
  if (api === null) return true;
  const known = sleepless(kernel);
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
