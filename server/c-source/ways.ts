import type { Kernel } from "../model/kernels/kernel.ts";
import type { Call } from "./call.ts";
import { contextWith, isBinding, weaker, type Confidence, type Inherited, type Step } from "./evidence.ts";
import { canReach, conditionsOf, factsAt } from "./facts.ts";
import type { FunctionRead } from "./function-read.ts";
import { isConstant } from "./guards.ts";
import type { LinkedFunction, NamedFile } from "./linked.ts";
import { leadsOf, type Lead } from "./outline.ts";
import type { Registration } from "./tables/callbacks.ts";
import type { Targets } from "./targets.ts";

interface Reached {
  readonly fn: LinkedFunction;
  readonly way: Inherited;
}

/** The ways of some files, as far as they are found. */
export interface Linking {
  readonly kernel: Kernel;
  readonly files: readonly NamedFile[];
  readonly functions: readonly LinkedFunction[];
  readonly targets: Targets;
  /** Functions that register what they are given as a parameter. */
  readonly registrars: Map<LinkedFunction, readonly Registration[]>;
  readonly inherited: Map<LinkedFunction, Inherited[]>;
  readonly seen: Map<LinkedFunction, Set<string>>;
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
      if (entry === undefined || entry.way.path.length >= LONGEST) continue;
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
export function pass(linking: Linking, fn: LinkedFunction, lead: Lead, way: Inherited | null): void {
  const { call } = lead;
  const targets = linking.targets.of(fn, lead, way?.bindings ?? NO_BINDINGS);
  if (targets.length === 0 || (way !== null && !canReach(call.state, way))) return;
  const facts = factsAt(fn, call.state, way);
  if (facts.length === 0) return;
  if (way !== null && !facts.some((fact) => way.facts.includes(fact))) return;
  const path =
    way === null
      ? facts.map((fact) => fact.step)
      : [...way.path, ...facts.filter((fact) => !way.facts.includes(fact)).map((fact) => fact.step)];
  const base = facts.reduce<Confidence>(
    (sure, fact) => weaker(sure, fact.isLoose ? "possible" : fact.sure),
    way?.confidence ?? "likely",
  );
  const isConvention = way?.isConvention ?? facts.some(({ isLoose }) => isLoose);
  for (const { fn: target, isOnly } of targets) {
    if (target === fn) continue;
    reach(linking, target, {
      facts,
      path: [...path, stepTo(fn, call, target)],
      confidence: isOnly && target.file === fn.file ? base : weaker(base, "possible"),
      isConvention: isConvention || !isOnly,
      mayBeAtomic: way?.mayBeAtomic ?? false,
      bindings: bindingsOf(linking, fn, target.read, call, way),
    });
  }
}

/** `foo() calls bar()`, `foo() calls bar() through ->grow`. */
function stepTo(fn: LinkedFunction, call: Call, { read }: LinkedFunction): Step {
  const through = read.name === call.name ? "" : call.isMember ? ` through ->${call.name}` : ` through ${call.name}`;
  return {
    file: fn.file,
    start: fn.start + call.start,
    end: fn.start + call.start + call.name.length,
    text: `${fn.read.name}() calls ${read.name}()${through}`,
  };
}

const NO_BINDINGS: Inherited["bindings"] = {};

function bindingsOf(
  { targets }: Linking,
  fn: LinkedFunction,
  target: FunctionRead,
  call: Call,
  way: Inherited | null,
): Readonly<Record<string, string>> {
  if (target.name !== call.name && !call.isMember) return NO_BINDINGS;
  const bindings: [string, string][] = [];
  const conditions = conditionsOf(call.state);
  target.parameters.forEach(({ name }, index) => {
    const given = call.arguments[index]?.text;
    if (name === "" || given === undefined) return;
    const value = bound(conditions, given) ?? bound(way?.bindings ?? NO_BINDINGS, given) ?? given;
    const isFunction = /^\w+$/.test(value) && isCalled(target, name) && targets.named(fn.file, value) !== null;
    if (isFunction || isConstant(value)) bindings.push([name, value]);
  });
  return bindings.length === 0 ? NO_BINDINGS : Object.fromEntries(bindings);
}

const bound = (values: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** A function calls what its parameter is, or passes it on. */
const isCalled = ({ calls }: FunctionRead, parameter: string): boolean =>
  calls.some((call) => call.name === parameter || call.arguments.some(({ text }) => text === parameter));

export function reach(linking: Linking, fn: LinkedFunction, way: Inherited): void {
  if (way.isConvention) linking.conventions.push({ fn, way });
  else add(linking, fn, way);
}

/** Adds a way to a function, unless one of its kind is known. */
function add(linking: Linking, fn: LinkedFunction, way: Inherited): void {
  const context = contextWith(
    linking.kernel,
    way.facts.map((fact) => fact.context),
  );
  if (!isBinding(linking.kernel, context)) return;
  const known = linking.inherited.get(fn) ?? [];
  const seen = linking.seen.get(fn) ?? new Set<string>();
  const key = `${context.places} ${context.locks} ${context.scopes} ${way.confidence} ${way.isConvention} ${way.bindings === NO_BINDINGS ? "{}" : JSON.stringify(way.bindings)}`;
  if (seen.has(key) || known.length >= MOST_WAYS) return;
  seen.add(key);
  known.push(way);
  linking.seen.set(fn, seen);
  linking.inherited.set(fn, known);
  linking.queue.push({ fn, way });
}
