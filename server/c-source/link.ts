import type { Kernel } from "../model/kernels/kernel.ts";
import type { CFile } from "./c-file.ts";
import { contextWith, isBinding, weaker, type Confidence, type Fact, type Inherited, type Step } from "./evidence.ts";
import type { Call } from "./call.ts";
import type { FunctionRead } from "./function-read.ts";
import { guardHolds, isConstant, isOpenGuard } from "./guards.ts";
import type { LinkedFunction, NamedFile } from "./linked.ts";
import { isScope, lockField, lockPath, type Held, type Released, type State } from "./state.ts";
import { callsOneOf, leadsOf, lockedLeadsOf, outlineOf, registeredBy, registrationOf, type Lead } from "./outline.ts";
import { targetsIn, type Targets } from "./targets.ts";
import {
  ATOMIC_NOTIFIER,
  ATOMIC_NOTIFIERS,
  KEPT,
  MEMBERS,
  PANIC_NOTIFIER,
  QUEUED,
  QUEUE_MACRO,
  REGISTRATIONS,
  type Handler,
  type Registration,
} from "./tables/callbacks.ts";
import { BY_CONVENTION } from "./tables/locks.ts";

export type { LinkedFunction, NamedFile } from "./linked.ts";

/** A context that somebody declared for functions: `for "drivers/net/foo.c:foo_tx_done", bar_complete`. */
export interface DeclaredContext {
  readonly function: string;
  /** Null: in any file. */
  readonly path: string | null;
  /** Names of the model: contexts, locks of the language, scopes. */
  readonly contexts: readonly string[];
  /** Where it is declared, for the proof: `context tx_done in net.allocpolicy`. */
  readonly because: string;
}

/** The functions of some files, and in which ways each is reached. */
export interface Link {
  readonly functions: readonly LinkedFunction[];
  readonly inheritedOf: (fn: LinkedFunction) => readonly Inherited[];
}

interface Reached {
  readonly fn: LinkedFunction;
  readonly way: Inherited;
}

interface Linking {
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
/** Registrars of registrars. */
const MOST_ROUNDS = 3;
/** Calls in a chain. */
const LONGEST = 12;

/**
 * Finds in which ways the functions of some files are reached: from sections under locks, and from callbacks that are
 * registered. Breadth first, so that the shortest chain of each kind is found.
 */
export function linkFiles(
  kernel: Kernel,
  files: readonly NamedFile[],
  declared: readonly DeclaredContext[] = [],
): Link {
  const functions = files.flatMap(({ file }, index) =>
    file.functions.map(({ start, read }): LinkedFunction => ({ file: index, start, read })),
  );
  const linking: Linking = {
    kernel,
    files,
    functions,
    targets: targetsIn(files, functions),
    registrars: new Map(),
    inherited: new Map(),
    seen: new Map(),
    queue: [],
    conventions: [],
  };
  for (const root of declared) reachDeclared(linking, root);
  findRegistrars(linking);
  files.forEach((_, file) => {
    reachHandlers(linking, file);
  });
  reachQueued(linking);
  for (const fn of functions) reachAnnotated(linking, fn);
  for (const fn of functions) {
    reachTransacted(linking, fn);
    reachGentle(linking, fn);
  }
  const alone = uncalledHandlers(linking);
  for (const fn of functions) {
    // A handler that nobody calls stands in its own context, and its locks are taken there.
    if (alone.has(fn)) continue;
    for (const lead of lockedLeadsOf(fn.read)) pass(linking, fn, lead, null);
  }
  goOn(linking);
  return { functions, inheritedOf: (fn) => linking.inherited.get(fn) ?? [] };
}

/** The functions of one file that are reached, and that nobody calls by name. */
function uncalledHandlers({ functions, inherited }: Linking): ReadonlySet<LinkedFunction> {
  const handlers = [...inherited.keys()].filter(({ read }) => read.isStatic);
  const names = new Set(handlers.map(({ read }) => read.name));
  for (const { read } of names.size === 0 ? [] : functions) for (const { name } of read.calls) names.delete(name);
  return new Set(handlers.filter(({ read }) => names.has(read.name)));
}

/** Follows the ways that were found, those that rest on a convention last. */
function goOn(linking: Linking): void {
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

const isMore = ({ context }: Held): boolean => context.length > 0;

function textOf({ read }: LinkedFunction, { by, lock, through, when }: Held): string {
  const where = `in ${read.name}()${when === null ? "" : ` if ${when.isNegated ? `!(${when.text})` : when.text}`}`;
  if (through !== null) return `${by}() ${where} takes ${through}`;
  return lock === null ? `${by}() ${where}` : `${by}(${lock}) ${where}`;
}

/** What a lock of a function is for those that it calls. */
function factOf(fn: LinkedFunction, held: Held): Fact {
  return {
    context: held.context,
    family: held.family,
    lock: held.lock,
    isLoose:
      BY_CONVENTION.has(held.family) ||
      (held.block === 0 && !fn.read.gives.some((family) => family === held.family || family === "any")),
    sure: held.when === null ? held.sure : weaker(held.sure, "likely"),
    step: {
      file: fn.file,
      start: fn.start + held.at,
      end: fn.start + held.at + held.by.length,
      text: textOf(fn, held),
    },
  };
}

/** In these a task may sleep, but not wait for reclaim of every kind. */
const OF_TASKS: ReadonlySet<string> = new Set(["fs_lock", "io_lock", "dma_fence_signalling"]);

/** What of a caller still holds where the code gave some of it back. */
function factsLeft(facts: readonly Fact[], state: State): readonly Fact[] {
  if (state.isCut) return [];
  const left = state.sleptAt < 0 ? facts : facts.filter(({ context }) => OF_TASKS.has(context));
  return state.released.reduce<readonly Fact[]>(withoutReleased, left);
}

function withoutReleased(facts: readonly Fact[], released: Released): readonly Fact[] {
  if (released.family === "any") return facts.filter(({ family }) => family === null || isScope(family));
  const isOf = ({ family, context }: Fact): boolean =>
    family === released.family ||
    (family !== null && family === released.turnsOn) ||
    (family !== null && released.family === "irqs" && /_irq(?:save)?$/.test(context)) ||
    (family !== null && released.family === "bh" && /_bh$/.test(context));
  const field = released.lock === null ? null : lockField(released.lock);
  const same = facts.filter(
    (fact) => isOf(fact) && field !== null && fact.lock !== null && lockField(fact.lock) === field,
  );
  const apart = facts.filter(({ family }) => family !== null && family === released.turnsOn);
  const gone = new Set(same.length > 0 ? [...same, ...apart] : facts.filter(isOf));
  return facts.filter((fact) => !gone.has(fact));
}

/** What is in force at a call that is reached in this way, and which of it the way brings. */
export function factsAt(fn: LinkedFunction, state: State, way: Inherited | null): readonly Fact[] {
  const brought = way === null ? [] : factsLeft(way.facts, state);
  return [...brought, ...state.held.filter(isMore).map((held) => factOf(fn, held))];
}

/** The way can lead to this call: no test of a parameter stands against it. */
export function canReach(state: State, way: Inherited): boolean {
  return !state.guards.some((guard) => guardHolds(guard, way.bindings) === false || isOpenGuard(guard, way.bindings));
}

/** Hands on to the functions that are called what holds at the call. */
function pass(linking: Linking, fn: LinkedFunction, lead: Lead, way: Inherited | null): void {
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

/** What conditions are where what was taken under them is in force: `true` or `false`, by their text. */
export function conditionsOf({ held }: State): Readonly<Record<string, string>> {
  const asked = held.flatMap(({ when }) => when ?? []);
  return asked.length === 0
    ? NO_CONDITIONS
    : Object.fromEntries(asked.map((one) => [one.text, String(!one.isNegated)]));
}

const bound = (values: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const NO_CONDITIONS: Readonly<Record<string, string>> = {};

/** A function calls what its parameter is, or passes it on. */
const isCalled = ({ calls }: FunctionRead, parameter: string): boolean =>
  calls.some((call) => call.name === parameter || call.arguments.some(({ text }) => text === parameter));

function reach(linking: Linking, fn: LinkedFunction, way: Inherited): void {
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

// Where ways begin ----------------------------------------------------------------------------------------------------

function reachAs(linking: Linking, fn: LinkedFunction, handler: Handler, step: Step): void {
  const own = linking.files[step.file]?.file.facts ?? [];
  const { unless, onlyWith, decidedBy = [] } = handler;
  if (onlyWith?.some((word) => own.includes(word)) === false) return;
  const isOwn = decidedBy.length === 0 || decidedBy.some((word) => own.includes(word));
  // What no file of the module decides may be either.
  const facts = isOwn ? own : linking.files.flatMap(({ file }) => file.facts);
  if (unless !== undefined && facts.includes(unless)) return;
  const isOpen = decidedBy.length > 0 && !decidedBy.some((word) => facts.includes(word));
  reach(linking, fn, {
    facts: handler.contexts.map((context) => ({
      context,
      family: null,
      lock: null,
      isLoose: false,
      sure: "certain",
      step,
    })),
    path: [step],
    confidence: isOwn && fn.file === step.file ? handler.confidence : weaker(handler.confidence, "possible"),
    isConvention: handler.confidence === "possible" || isOpen,
    bindings: {},
  });
}

/** What a call has called for it. */
function registrationsOf({ targets, registrars }: Linking, file: number, call: Call): readonly Registration[] {
  if (call.isMember) return [];
  const own = registrationOf(call);
  if (own !== null) return own;
  if (registrars.size === 0) return [];
  const fn = targets.named(file, call.name);
  return fn === null ? [] : (registrars.get(fn) ?? []);
}

/** Adds the functions that pass a parameter of theirs to a registration, or keep it where a handler is kept. */
function findRegistrars(linking: Linking): void {
  const { registrars, functions } = linking;
  const names = new Set<string>();
  for (let round = 0, known = -1; round < MOST_ROUNDS && registrars.size > known; round++) {
    known = registrars.size;
    for (const fn of functions) {
      const found =
        names.size > 0 && callsOneOf(fn.read, names)
          ? registeredBy(fn.read, (call) => registrationsOf(linking, fn.file, call))
          : outlineOf(fn.read).registers;
      if (found.length === 0) continue;
      registrars.set(fn, found);
      names.add(fn.read.name);
    }
  }
}

/** What the block `&nb` or `&dev->nb` of a notifier has called, by a table or by an assignment. */
function notified({ tables, functions }: CFile, block: string): readonly string[] {
  const name = /^&.*?(\w+)$/.exec(block)?.[1];
  if (name === undefined) return [];
  const kept = functions.flatMap(({ read }) => read.kept.filter(({ owner }) => owner === name));
  const members = [...kept, ...tables.filter((table) => table.name === name).flatMap((table) => table.members)];
  return members.flatMap(({ member, value }) => (member === "notifier_call" || member === "" ? [value] : []));
}

function reachHandlers(linking: Linking, index: number): void {
  const { file } = linking.files[index] ?? {};
  if (file === undefined) return;
  const handed = (text: string, handler: Handler, at: number, what: string): void => {
    for (const fn of linking.targets.valued(index, text))
      reachAs(linking, fn, handler, {
        file: index,
        start: at,
        end: at + what.length,
        text: `${what} has ${fn.read.name}() called`,
      });
  };
  const registrars = new Set([...linking.registrars.keys()].map(({ read }) => read.name));
  for (const { start, read } of file.functions) {
    const { registering, handlers } = outlineOf(read);
    const isMore = registrars.size > 0 && callsOneOf(read, registrars);
    for (const call of isMore ? read.calls : registering) {
      for (const registration of registrationsOf(linking, index, call)) {
        const given = call.arguments[registration.argument];
        if (given !== undefined) handed(given.text, registration, start + call.start, `${call.name}()`);
      }
      const block = call.arguments[ATOMIC_NOTIFIERS.get(call.name) ?? -1];
      const chain = call.arguments[0]?.text === "&panic_notifier_list" ? PANIC_NOTIFIER : ATOMIC_NOTIFIER;
      for (const value of block === undefined ? [] : notified(file, block.text))
        handed(value, chain, start + call.start, `${call.name}()`);
    }
    for (const { member, value, at } of handlers) {
      const handler = KEPT.get(member);
      if (handler !== undefined) handed(value, handler, start + at, `.${member}`);
    }
  }
  for (const { name, arguments: given, at } of file.declared) {
    const registration = REGISTRATIONS.get(name);
    const text = registration === undefined ? undefined : given[registration.argument];
    if (registration !== undefined && text !== undefined) handed(text, registration, at, name);
  }
  for (const { type, members } of file.tables) {
    for (const { member, value, at } of members) {
      const handler = MEMBERS.get(`${type}.${member}`) ?? MEMBERS.get(`*.${member}`);
      if (handler !== undefined) handed(value, handler, at, `${type}.${member}`);
    }
  }
}

/** `static DEF_SCSI_QCMD(own_queue)` makes own_queue(), which calls own_queue_lck() under the lock of the host. */
function reachQueued(linking: Linking): void {
  linking.files.forEach(({ file: { facts, functions } }, index) => {
    if (!facts.includes(QUEUE_MACRO)) return;
    for (const fn of functions.filter(({ read }) => read.name.endsWith("_lck"))) {
      const target = linking.targets.named(index, fn.read.name);
      const { start, end, text } = fn.read.head;
      const because = `${QUEUE_MACRO}() has ${text}() called under the lock of the host`;
      const step: Step = { file: index, start: fn.start + start, end: fn.start + end, text: because };
      if (target !== null) reachAs(linking, target, QUEUED, step);
    }
  });
}

function reachDeclared(linking: Linking, { function: name, path, contexts, because }: DeclaredContext): void {
  for (const fn of linking.functions) {
    if (fn.read.name !== name || (path !== null && linking.files[fn.file]?.path !== path)) continue;
    const { start, end } = fn.read.head;
    const step: Step = { file: fn.file, start: fn.start + start, end: fn.start + end, text: because };
    reachAs(linking, fn, { contexts, confidence: "certain" }, step);
  }
}

/** `__must_hold(&dev->lock)`, and `__releases()` without `__acquires()`: the caller holds it. */
function reachAnnotated(linking: Linking, fn: LinkedFunction): void {
  const { annotations } = fn.read;
  const acquires = annotations.some(({ name }) => name === "__acquires");
  for (const { name, argument } of annotations) {
    if (argument === null || !(name === "__must_hold" || (name === "__releases" && !acquires))) continue;
    const held = takenAs(linking, fn.file, argument);
    if (held === null) continue;
    const { start, end } = fn.read.head;
    const step: Step = {
      file: fn.file,
      start: fn.start + start,
      end: fn.start + end,
      text: `${fn.read.name}() is marked ${name}(${argument})`,
    };
    reach(linking, fn, {
      facts: [{ context: held.context, family: held.family, lock: argument, isLoose: false, sure: "certain", step }],
      path: [step],
      confidence: "possible",
      isConvention: true,
      bindings: {},
    });
  }
}

/** A function that is given a transaction stands in one. */
function reachTransacted(linking: Linking, fn: LinkedFunction): void {
  if (!outlineOf(fn.read).isTransacted) return;
  const { start, end } = fn.read.head;
  const text = `${fn.read.name}() is given a transaction`;
  const step: Step = { file: fn.file, start: fn.start + start, end: fn.start + end, text };
  reach(linking, fn, {
    facts: [{ context: "fs_lock", family: "journal", lock: null, isLoose: true, sure: "possible", step }],
    path: [step],
    confidence: "possible",
    isConvention: true,
    bindings: {},
  });
}

const GENTLE: Readonly<Record<string, string>> = { GFP_NOFS: "fs_lock", GFP_NOIO: "io_lock" };

interface GentleCall {
  readonly call: Call;
  readonly name: string;
  readonly context: string;
}

const NO_CALLS: readonly GentleCall[] = [];

/** A function that did not change is the same object as before. */
const gentle = new WeakMap<FunctionRead, readonly GentleCall[]>();

function gentleIn(read: FunctionRead): readonly GentleCall[] {
  if (read.calls.length === 0) return NO_CALLS;
  const known = gentle.get(read);
  if (known !== undefined) return known;
  const found = read.calls.flatMap((call): readonly GentleCall[] => {
    if (call.allocation === null || call.allocation.api === null) return [];
    const [only, more] = call.allocation.mask?.cases ?? [];
    const name = more === undefined && only?.expression.kind === "name" ? only.expression.text : "";
    const context = Object.hasOwn(GENTLE, name) ? GENTLE[name] : undefined;
    return context === undefined ? [] : [{ call, name, context }];
  });
  gentle.set(read, found);
  return found;
}

/**
 * A function that takes its own memory with GFP_NOFS or GFP_NOIO says where it stands: what it calls stands there too.
 */
function reachGentle(linking: Linking, fn: LinkedFunction): void {
  for (const { call, name, context } of gentleIn(fn.read)) {
    const step: Step = {
      file: fn.file,
      start: fn.start + call.start,
      end: fn.start + call.start + call.name.length,
      text: `${fn.read.name}() itself allocates with ${name}`,
    };
    const way: Inherited = {
      facts: [{ context, family: null, lock: null, isLoose: false, sure: "certain", step }],
      path: [step],
      confidence: "possible",
      isConvention: true,
      bindings: {},
    };
    for (const lead of leadsOf(fn.read)) pass(linking, fn, lead, way);
  }
}

/** How a file takes the lock of that name; null: it does not, or takes one that sleeps. */
function takenAs(linking: Linking, index: number, lock: string): Held | null {
  const path = lockPath(lock);
  for (const { read } of linking.files[index]?.file.functions ?? [])
    for (const { state } of read.calls)
      for (const held of state.held) if (held.lock !== null && lockPath(held.lock) === path) return held;
  return null;
}
