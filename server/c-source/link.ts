import type { Kernel } from "../model/kernels/kernel.ts";
import type { CFile } from "./c-file.ts";
import { contextWith, isBinding, weaker, type Confidence, type Fact, type Inherited, type Step } from "./evidence.ts";
import type { Call } from "./call.ts";
import type { FunctionRead } from "./function-read.ts";
import { guardHolds, isConstant, isOpenGuard } from "./guards.ts";
import { lockField, lockPath, type Held, type Released, type State } from "./state.ts";
import { ATOMIC_NOTIFIER, ATOMIC_NOTIFIERS, KEPT, MEMBERS, REGISTRATIONS, type Handler } from "./tables/callbacks.ts";

/** A C file with its path, as reports name it. */
export interface NamedFile {
  readonly path: string;
  readonly file: CFile;
}

/** A function of the files that are linked. */
export interface LinkedFunction {
  readonly file: number;
  readonly start: number;
  readonly read: FunctionRead;
}

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

interface Linking {
  readonly kernel: Kernel;
  readonly files: readonly NamedFile[];
  readonly functions: readonly LinkedFunction[];
  /** By file and name, those of the file; by name, those that other files can call. */
  readonly own: readonly ReadonlyMap<string, LinkedFunction>[];
  readonly shared: ReadonlyMap<string, LinkedFunction>;
  readonly inherited: Map<LinkedFunction, Inherited[]>;
  readonly seen: Map<LinkedFunction, Set<string>>;
  readonly queue: { readonly fn: LinkedFunction; readonly way: Inherited }[];
}

/** Ways in which a function is reached that are kept: the shortest of each kind. */
const MOST_WAYS = 6;
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
  const own = files.map(() => new Map<string, LinkedFunction>());
  const shared = new Map<string, LinkedFunction>();
  for (const fn of functions) {
    const names = own[fn.file];
    if (names !== undefined && !names.has(fn.read.name)) names.set(fn.read.name, fn);
    if (!fn.read.isStatic && !shared.has(fn.read.name)) shared.set(fn.read.name, fn);
  }
  const linking: Linking = {
    kernel,
    files,
    functions,
    own,
    shared,
    inherited: new Map(),
    seen: new Map(),
    queue: [],
  };
  for (const root of declared) reachDeclared(linking, root);
  files.forEach((_, file) => {
    reachHandlers(linking, file);
  });
  for (const fn of functions) reachAnnotated(linking, fn);
  for (const fn of functions) reachGentle(linking, fn);
  const called = new Set(functions.flatMap(({ read }) => read.calls.map(({ name }) => name)));
  for (const fn of functions) {
    // A handler that nobody calls stands in its own context, and its locks are taken there.
    const isHandler = fn.read.isStatic && !called.has(fn.read.name) && linking.inherited.has(fn);
    if (isHandler) continue;
    for (const call of fn.read.calls) if (call.state.held.length > 0) pass(linking, fn, call, null);
  }
  for (let at = 0; at < linking.queue.length; at++) {
    const entry = linking.queue[at];
    if (entry === undefined || entry.way.path.length >= LONGEST) continue;
    for (const call of entry.fn.read.calls) pass(linking, entry.fn, call, entry.way);
  }
  return { functions, inheritedOf: (fn) => linking.inherited.get(fn) ?? [] };
}

/** The function of that name that a file means; null: it is none of these files. */
function functionNamed(linking: Linking, file: number, name: string): LinkedFunction | null {
  return linking.own[file]?.get(name) ?? linking.shared.get(name) ?? null;
}

const isMore = ({ context }: Held): boolean => context.length > 0;

function textOf({ read }: LinkedFunction, { by, lock, through }: Held): string {
  const where = `in ${read.name}()`;
  if (through !== null) return `${by}() ${where} takes ${through}`;
  return lock === null ? `${by}() ${where}` : `${by}(${lock}) ${where}`;
}

/** What a lock of a function is for those that it calls. */
function factOf(fn: LinkedFunction, held: Held): Fact {
  return {
    context: held.context,
    family: held.family,
    lock: held.lock,
    isLoose: held.block === 0 && !fn.read.gives.some((family) => family === held.family || family === "any"),
    sure: held.sure,
    step: {
      file: fn.file,
      start: fn.start + held.at,
      end: fn.start + held.at + held.by.length,
      text: textOf(fn, held),
    },
  };
}

/** What of a caller still holds where the code gave some of it back. */
function factsLeft(facts: readonly Fact[], state: State): readonly Fact[] {
  if (state.isCut || state.sleptAt >= 0) return [];
  return state.released.reduce<readonly Fact[]>(withoutReleased, facts);
}

function withoutReleased(facts: readonly Fact[], released: Released): readonly Fact[] {
  if (released.family === "any") return facts.filter(({ family }) => family === null);
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

/** Hands on to the function that is called what holds at the call. */
function pass(linking: Linking, fn: LinkedFunction, call: Call, way: Inherited | null): void {
  const target = functionNamed(linking, fn.file, call.name);
  if (target === null || target === fn) return;
  if (way !== null && !canReach(call.state, way)) return;
  const facts = factsAt(fn, call.state, way);
  if (facts.length === 0) return;
  if (way !== null && !facts.some((fact) => way.facts.includes(fact))) return;
  const step: Step = {
    file: fn.file,
    start: fn.start + call.start,
    end: fn.start + call.start + call.name.length,
    text: `${fn.read.name}() calls ${call.name}()`,
  };
  const path =
    way === null
      ? facts.map((fact) => fact.step)
      : [...way.path, ...facts.filter((fact) => !way.facts.includes(fact)).map((fact) => fact.step)];
  const base = facts.reduce<Confidence>(
    (sure, fact) => weaker(sure, fact.isLoose ? "possible" : fact.sure),
    way?.confidence ?? "likely",
  );
  reach(linking, target, {
    facts,
    path: [...path, step],
    confidence: target.file === fn.file ? base : weaker(base, "possible"),
    isConvention: way?.isConvention ?? facts.some(({ isLoose }) => isLoose),
    bindings: bindingsOf(target.read, call, way),
  });
}

function bindingsOf(target: FunctionRead, call: Call, way: Inherited | null): Readonly<Record<string, string>> {
  const bindings: Record<string, string> = {};
  target.parameters.forEach(({ name }, index) => {
    const given = call.arguments[index]?.text;
    if (name === "" || given === undefined) return;
    const value = way !== null && Object.hasOwn(way.bindings, given) ? way.bindings[given] : given;
    if (value !== undefined && isConstant(value)) bindings[name] = value;
  });
  return bindings;
}

/** Adds a way to a function, unless one of its kind is known. */
function reach(linking: Linking, fn: LinkedFunction, way: Inherited): void {
  const context = contextWith(
    linking.kernel,
    way.facts.map((fact) => fact.context),
  );
  if (!isBinding(linking.kernel, context)) return;
  const known = linking.inherited.get(fn) ?? [];
  const seen = linking.seen.get(fn) ?? new Set<string>();
  const key = `${context.places} ${context.locks} ${context.scopes} ${way.confidence} ${JSON.stringify(way.bindings)}`;
  if (seen.has(key) || known.length >= MOST_WAYS) return;
  seen.add(key);
  known.push(way);
  linking.seen.set(fn, seen);
  linking.inherited.set(fn, known);
  linking.queue.push({ fn, way });
}

// Where ways begin ----------------------------------------------------------------------------------------------------

function reachAs(linking: Linking, fn: LinkedFunction, handler: Handler, step: Step): void {
  const { file } = linking.files[step.file] ?? {};
  if (handler.unless !== undefined && file?.facts.includes(handler.unless) === true) return;
  if (handler.onlyWith !== undefined && !handler.onlyWith.some((word) => file?.facts.includes(word) === true)) return;
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
    confidence:
      fn.file === step.file &&
      (handler.decidedBy === undefined || handler.decidedBy.some((word) => file?.facts.includes(word) === true))
        ? handler.confidence
        : weaker(handler.confidence, "possible"),
    isConvention: handler.confidence === "possible",
    bindings: {},
  });
}

function reachHandlers(linking: Linking, index: number): void {
  const { file } = linking.files[index] ?? {};
  if (file === undefined) return;
  const handed = (text: string, handler: Handler, at: number, what: string): void => {
    const name = /^&?\s*(\w+)$/.exec(text)?.[1];
    const fn = name === undefined ? null : functionNamed(linking, index, name);
    if (fn === null || name === undefined) return;
    reachAs(linking, fn, handler, {
      file: index,
      start: at,
      end: at + what.length,
      text: `${what} has ${name}() called`,
    });
  };
  for (const { start, read } of file.functions) {
    for (const call of read.calls) {
      const registration = REGISTRATIONS.get(call.name);
      const given = registration === undefined ? undefined : call.arguments[registration.argument];
      if (registration !== undefined && given !== undefined)
        handed(given.text, registration, start + call.start, `${call.name}()`);
      const block = call.arguments[ATOMIC_NOTIFIERS.get(call.name) ?? -1];
      const table = file.tables.find(({ name }) => block !== undefined && block.text === `&${name}`);
      const notified = table?.members.find(({ member }) => member === "notifier_call");
      if (notified !== undefined) handed(notified.value, ATOMIC_NOTIFIER, start + call.start, `${call.name}()`);
    }
    for (const { member, value, at } of read.kept) {
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
      const handler = MEMBERS.get(`${type}.${member}`);
      if (handler !== undefined) handed(value, handler, at, `${type}.${member}`);
    }
  }
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

const GENTLE: Readonly<Record<string, string>> = { GFP_NOFS: "fs_lock", GFP_NOIO: "io_lock" };

/**
 * A function that takes its own memory with GFP_NOFS or GFP_NOIO says where it stands: what it calls stands there too.
 */
function reachGentle(linking: Linking, fn: LinkedFunction): void {
  for (const call of fn.read.calls) {
    const cases = call.allocation?.mask?.cases ?? [];
    const [only] = cases;
    const name = cases.length === 1 && only?.expression.kind === "name" ? only.expression.text : "";
    const context = Object.hasOwn(GENTLE, name) ? GENTLE[name] : undefined;
    if (context === undefined || call.allocation?.api == null) continue;
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
    for (const other of fn.read.calls) pass(linking, fn, other, way);
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
