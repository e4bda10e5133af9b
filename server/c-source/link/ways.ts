import type { Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Call } from "../functions/call.ts";
import {
  contextWith,
  isBinding,
  stepIn,
  weaker,
  type Bindings,
  type Confidence,
  type Fact,
  type OwnFact,
  type Step,
} from "../evidence.ts";
import { both, canReach, conditionsOf, factsLeft, NO_BINDINGS, NO_FACTS, ownFacts } from "./facts.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import { isConstant } from "../functions/guards.ts";
import type { LinkedFunction, NamedFile } from "./linked.ts";
import { leadsOf, type Lead } from "../functions/outline.ts";
import type { State } from "../functions/state.ts";
import type { Registration } from "../tables/callbacks.ts";
import type { Targets } from "./targets.ts";

/** A way in which a function is reached: what it brings is the same for as long as the texts on it are. */
export interface Way {
  readonly facts: readonly Fact[];
  readonly confidence: Confidence;
  /** It rests on what is usual, and not on what the kernel does. */
  readonly isConvention: boolean;
  /** Whether it may sleep there nobody knows: who does may not enter what reclaim waits for. */
  readonly mayBeAtomic: boolean;
  readonly bindings: Bindings;
  /** Where it begins, or the call by which it comes from another function. */
  readonly from: Step | Passed;
  /** Its steps. */
  readonly length: number;
}

/** A call that hands on what holds where it is made. */
interface Passed {
  readonly fn: LinkedFunction;
  readonly call: Call;
  readonly to: FunctionRead;
  /** What its function holds there itself. */
  readonly own: readonly OwnFact[];
  /** How that is reached; null: the way begins with what it holds. */
  readonly before: Way | null;
}

/** The steps from where a way begins to the call of the function, in order. */
export function pathOf({ from }: Way): readonly Step[] {
  if (!("call" in from)) return [from];
  const { before, fn, own } = from;
  return [...(before === null ? [] : pathOf(before)), ...own.map(({ taken }) => stepIn(fn, taken)), stepTo(from)];
}

/** A fact, with the step that brings it. */
export interface PlacedFact extends Fact {
  readonly step: Step;
  /** A way brings it, and not the function itself. */
  readonly isBrought: boolean;
}

/** What is in force in a state of a function that is reached in this way; null: whoever calls it. */
export function factsThere(fn: LinkedFunction, state: State, way: Way | null): readonly PlacedFact[] {
  const own = ownFacts(fn.read, state).map((fact) => ({ ...fact, step: stepIn(fn, fact.taken), isBrought: false }));
  if (way === null) return own;
  const brought = factsLeft(way.facts, state).map((fact) => ({ ...fact, step: stepOf(fact, way), isBrought: true }));
  return [...brought, ...own];
}

/** The step that brings a fact of a way. */
function stepOf(fact: Fact, { from }: Way): Step {
  if (!("call" in from)) return from;
  const own = from.own.find((one) => one === fact);
  if (own !== undefined) return stepIn(from.fn, own.taken);
  return from.before === null ? stepTo(from) : stepOf(fact, from.before);
}

interface Reached {
  readonly fn: LinkedFunction;
  readonly way: Way;
}

/** A way that is kept, with what its facts come to. */
interface Kept {
  readonly way: Way;
  readonly context: Context;
}

/** The ways of some files, as far as they are found. */
export interface Linking {
  readonly kernel: Kernel;
  readonly files: readonly NamedFile[];
  readonly functions: readonly LinkedFunction[];
  readonly targets: Targets;
  /** Functions that register what they are given as a parameter. */
  readonly registrars: Map<LinkedFunction, readonly Registration[]>;
  readonly kept: Map<LinkedFunction, Kept[]>;
  readonly queue: Reached[];
  /** What rests on a convention waits until all else is known. */
  readonly conventions: Reached[];
}

/** Ways in which a function is reached that are kept: the shortest of each kind. */
const MOST_WAYS = 6;
/** Calls in a chain. */
const LONGEST = 12;

/** Follows the ways that were found, those that rest on a convention last. */
export function goOn(linking: Linking): void {
  let done = 0;
  const follow = (): void => {
    for (; done < linking.queue.length; done++) {
      const entry = linking.queue[done];
      if (entry === undefined || entry.way.length >= LONGEST) continue;
      for (const lead of leadsOf(entry.fn.read)) pass(linking, entry.fn, lead, entry.way);
    }
  };
  follow();
  for (let at = 0; at < linking.conventions.length; at++) {
    const entry = linking.conventions[at];
    if (entry !== undefined) add(linking, entry.fn, entry.way);
    follow();
  }
}

/** Hands on to the functions that are called what holds at the call. */
export function pass(linking: Linking, fn: LinkedFunction, lead: Lead, way: Way | null): void {
  const { call } = lead;
  const targets = linking.targets.of(fn, lead, way?.bindings ?? NO_BINDINGS);
  if (targets.length === 0 || (way !== null && !canReach(call.state, way.bindings))) return;
  const own = ownFacts(fn.read, call.state);
  const brought = way === null ? NO_FACTS : factsLeft(way.facts, call.state);
  if ((way === null ? own : brought).length === 0) return;
  const facts = both(brought, own);
  const base = facts.reduce<Confidence>(
    (sure, fact) => weaker(sure, fact.isLoose ? "possible" : fact.sure),
    way?.confidence ?? "likely",
  );
  const isConvention = way?.isConvention ?? facts.some(({ isLoose }) => isLoose);
  for (const { fn: target, isOnly } of targets) {
    if (target === fn) continue;
    reach(linking, target, {
      facts,
      confidence: isOnly && target.file === fn.file ? base : weaker(base, "possible"),
      isConvention: isConvention || !isOnly,
      mayBeAtomic: way?.mayBeAtomic ?? false,
      bindings: bindingsOf(linking, fn, target.read, call, way),
      from: { fn, call, to: target.read, own, before: way },
      length: (way?.length ?? 0) + own.length + 1,
    });
  }
}

/** `foo() calls bar()`, `foo() calls bar() through ->grow`. */
function stepTo({ fn, call, to }: Passed): Step {
  const through = to.name === call.name ? "" : call.isMember ? ` through ->${call.name}` : ` through ${call.name}`;
  const text = `${fn.read.name}() calls ${to.name}()${through}`;
  return stepIn(fn, { start: call.start, end: call.start + call.name.length, text });
}

function bindingsOf(
  { targets }: Linking,
  fn: LinkedFunction,
  target: FunctionRead,
  call: Call,
  way: Way | null,
): Bindings {
  if (target.name !== call.name && !call.isMember) return NO_BINDINGS;
  const bindings: [string, string][] = [];
  const known = [conditionsOf(call.state), way?.bindings ?? NO_BINDINGS].filter((one) => one !== NO_BINDINGS);
  target.parameters.forEach(({ name }, index) => {
    const given = call.arguments[index]?.text;
    if (name === "" || given === undefined) return;
    const value = known.find((values) => Object.hasOwn(values, given))?.[given] ?? given;
    const isFunction = (): boolean => targets.named(fn.file, value) !== null && isCalled(target, name);
    if (isConstant(value) || isFunction()) bindings.push([name, value]);
  });
  return bindings.length === 0 ? NO_BINDINGS : Object.fromEntries(bindings);
}

/** A function calls what its parameter is, or passes it on. */
const isCalled = ({ calls }: FunctionRead, parameter: string): boolean =>
  calls.some((call) => call.name === parameter || call.arguments.some(({ text }) => text === parameter));

export function reach(linking: Linking, fn: LinkedFunction, way: Way): void {
  if (way.isConvention) linking.conventions.push({ fn, way });
  else add(linking, fn, way);
}

/** Adds a way to a function, unless one of its kind is known. */
function add(linking: Linking, fn: LinkedFunction, way: Way): void {
  const kept = linking.kept.get(fn) ?? [];
  if (kept.length >= MOST_WAYS) return;
  const context = contextWith(
    linking.kernel,
    way.facts.map((fact) => fact.context),
  );
  if (!isBinding(linking.kernel, context)) return;
  if (kept.some((one) => isOfKind(one, { way, context }))) return;
  kept.push({ way, context });
  linking.kept.set(fn, kept);
  linking.queue.push({ fn, way });
}

const isOfKind = ({ way: one, context }: Kept, { way: other, context: also }: Kept): boolean =>
  context.places === also.places &&
  context.locks === also.locks &&
  context.scopes === also.scopes &&
  one.confidence === other.confidence &&
  one.isConvention === other.isConvention &&
  areSame(one.bindings, other.bindings);

/** Whether parameters are the same. */
export function areSame(some: Bindings, others: Bindings): boolean {
  if (some === others) return true;
  const names = Object.keys(some);
  return (
    names.length === Object.keys(others).length &&
    names.every((name) => Object.hasOwn(others, name) && others[name] === some[name])
  );
}
