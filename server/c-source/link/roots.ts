import type { CFile } from "../functions/c-file.ts";
import { nameOf, type Call } from "../functions/call.ts";
import type { Table } from "../functions/declarations.ts";
import { stepIn, type Confidence, type Fact, type Step } from "../evidence.ts";
import { keptFor } from "../../model/kept.ts";
import { NO_BINDINGS } from "./facts.ts";
import type { LinkedFunction } from "./linked.ts";
import { callsOneOf, leadsOf, registeredBy, registrationOf, type GentleMask } from "../functions/outline.ts";
import { lockPath, type Held } from "../functions/state.ts";
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
} from "../tables/callbacks.ts";
import { familyOf } from "../tables/locks.ts";
import { pass, reach, type Linking, type Way } from "./ways.ts";

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

/** Registrars of registrars. */
const MOST_ROUNDS = 3;

/** Where ways begin: at what is declared, handlers that are registered, annotations, and what a function asks with. */
export function beginWays(linking: Linking, declared: readonly DeclaredContext[]): void {
  for (const root of declared) reachDeclared(linking, root);
  findRegistrars(linking);
  const inFile = linking.files.map((): LinkedFunction[] => []);
  for (const fn of linking.functions) inFile[fn.file]?.push(fn);
  const registrars = new Set([...linking.registrars.keys()].map(({ read }) => read.name));
  inFile.forEach((functions, file) => {
    reachHandlers(linking, file, functions, registrars);
  });
  reachQueued(linking);
  for (const fn of linking.functions) reachAnnotated(linking, fn);
  for (const fn of linking.functions) {
    reachTransacted(linking, fn);
    reachGentle(linking, fn);
  }
}

function reachAs(linking: Linking, fn: LinkedFunction, handler: Handler, step: Step): void {
  const own = linking.files[step.file]?.file.facts ?? [];
  const { unless, otherwise, decidedBy = [] } = handler;
  const isMeant = [handler.onlyWith, handler.alsoWith].every(
    (words) => words?.some((word) => own.includes(word)) ?? true,
  );
  if (!isMeant) return;
  const isOwn = decidedBy.length === 0 || decidedBy.some((word) => own.includes(word));
  // What no file of the module decides may be either.
  const facts = isOwn ? own : linking.files.flatMap(({ file }) => file.facts);
  const maySleep = unless?.some((word) => facts.includes(word)) === true;
  if (maySleep && otherwise === undefined) return;
  const [contexts, confidence]: [readonly string[], Confidence] =
    maySleep && otherwise !== undefined ? [otherwise, "possible"] : [handler.contexts, handler.confidence];
  const isOpen = decidedBy.length > 0 && !decidedBy.some((word) => facts.includes(word));
  reach(linking, fn, {
    ...byConvention(factsOf(contexts), step),
    confidence: isOwn && fn.file === step.file ? confidence : "possible",
    isConvention: confidence === "possible" || isOpen,
    mayBeAtomic: contexts === otherwise,
  });
}

/** A way that begins where a function stands by convention. */
const byConvention = (facts: readonly Fact[], from: Step): Way => ({
  facts,
  from,
  length: 1,
  confidence: "possible",
  isConvention: true,
  mayBeAtomic: false,
  bindings: NO_BINDINGS,
});

/** The head of a function, as a step. */
const headStep = (fn: LinkedFunction, text: string): Step => stepIn(fn, { ...fn.read.head, text });

/** Where a handler is called: the same list for each of its kind. */
const factsOf = keptFor((contexts: Handler["contexts"]): readonly Fact[] => contexts.map(certainly));

const certainly = (context: string): Fact => ({
  context,
  // Who is called under a lock may give it back, and take it again.
  family: familyOf(context),
  lock: null,
  isLoose: false,
  sure: "certain",
  taken: null,
});

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
          : fn.outline.registers;
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

/** What a handler asks of its table stands there: `.call = f, .type = NFNL_CB_RCU`, before another `.call`. */
function isBeside(members: Table["members"], place: number, { beside }: Handler): boolean {
  if (beside === undefined) return true;
  const [member, value] = beside;
  const own = members[place]?.member;
  const end = members.findIndex((one, at) => at > place && one.member === own);
  return members
    .slice(place + 1, end === -1 ? members.length : end)
    .some((one) => one.member === member && one.value === value);
}

/**
 * @param functions those of the file
 * @param registrars the names of those that register what they are given
 */
function reachHandlers(
  linking: Linking,
  index: number,
  functions: readonly LinkedFunction[],
  registrars: ReadonlySet<string>,
): void {
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
  for (const { start, read, outline } of functions) {
    const { registering, handlers } = outline;
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
    for (const { table, member, value, at } of handlers) {
      const own = MEMBERS.get(`${table}.${member}`);
      if (own?.beside === undefined && own !== undefined) handed(value, own, start + at, `${table}.${member}`);
      else for (const handler of KEPT.get(member) ?? []) handed(value, handler, start + at, `.${member}`);
    }
  }
  for (const { name, arguments: given, at } of file.declared) {
    const registration = REGISTRATIONS.get(name);
    const text = registration === undefined ? undefined : given[registration.argument];
    if (registration !== undefined && text !== undefined) handed(text, registration, at, name);
  }
  for (const { type, members } of file.tables) {
    members.forEach(({ member, value, at }, place) => {
      const handler = MEMBERS.get(`${type}.${member}`) ?? MEMBERS.get(`*.${member}`);
      if (handler === undefined || !isBeside(members, place, handler)) return;
      handed(value, handler, at, `${type}.${member}`);
    });
  }
}

/** `static DEF_SCSI_QCMD(own_queue)` makes own_queue(), which calls own_queue_lck() under the lock of the host. */
function reachQueued(linking: Linking): void {
  linking.files.forEach(({ file: { facts, functions } }, index) => {
    if (!facts.includes(QUEUE_MACRO)) return;
    for (const fn of functions.filter(({ read }) => read.name.endsWith("_lck"))) {
      const target = linking.targets.named(index, fn.read.name);
      if (target === null) continue;
      const because = `${QUEUE_MACRO}() has ${fn.read.name}() called under the lock of the host`;
      reachAs(linking, target, QUEUED, headStep(target, because));
    }
  });
}

function reachDeclared(linking: Linking, { function: name, path, contexts, because }: DeclaredContext): void {
  for (const fn of linking.functions) {
    if (fn.read.name !== name || (path !== null && linking.files[fn.file]?.path !== path)) continue;
    reachAs(linking, fn, { contexts, confidence: "certain" }, headStep(fn, because));
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
    const facts = [{ ...certainly(held.context), family: held.family, lock: argument }];
    reach(linking, fn, byConvention(facts, headStep(fn, `${fn.read.name}() is marked ${name}(${argument})`)));
  }
}

const IN_TRANSACTION: readonly Fact[] = [
  { ...certainly("fs_lock"), family: "journal", isLoose: true, sure: "possible" },
];

/** A function that is given a transaction stands in one. */
function reachTransacted(linking: Linking, fn: LinkedFunction): void {
  if (!fn.outline.isTransacted) return;
  reach(linking, fn, byConvention(IN_TRANSACTION, headStep(fn, `${fn.read.name}() is given a transaction`)));
}

/** Where a function stands that asks with such a mask. */
const GENTLE: Readonly<Record<GentleMask, readonly string[]>> = { GFP_NOFS: ["fs_lock"], GFP_NOIO: ["io_lock"] };

/**
 * A function that takes its own memory with GFP_NOFS or GFP_NOIO says where it stands: what it calls stands there too.
 */
function reachGentle(linking: Linking, fn: LinkedFunction): void {
  for (const { call, name } of fn.outline.gentle) {
    const step = stepIn(fn, { ...nameOf(call), text: `${fn.read.name}() itself allocates with ${name}` });
    const way = byConvention(factsOf(GENTLE[name]), step);
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
