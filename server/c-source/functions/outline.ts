import { kept, keptFor } from "../../model/kept.ts";
import type { Call } from "./call.ts";
import { freesOneKind, variableOf } from "./frees.ts";
import { OWN_VARIABLE, type FunctionRead, type Kept } from "./function-read.ts";
import type { Parameter } from "../text/items.ts";
import { ATOMIC_NOTIFIERS, CALLED_BACK, KEPT, MEMBERS, REGISTRATIONS, type Registration } from "../tables/callbacks.ts";
import { TRANSACTION } from "../tables/locks.ts";

/** A call, and what it may lead to besides the function of its name. */
export interface Lead {
  readonly call: Call;
  /** What is called is a parameter of the function that calls. */
  readonly isParameter: boolean;
  /** The argument that a function of the kernel is known to call; null: none. */
  readonly calledBack: string | null;
  /** The arguments that may be functions, which one of another module may call at once. */
  readonly passed: readonly string[];
}

/** What linking asks of a function: found once, for it is the same for as long as the text of the function is. */
export interface Outline {
  /** Calls that are known to have what they are given called. */
  readonly registering: readonly Call[];
  /** Handlers that it keeps where they are called from. */
  readonly handlers: readonly Kept[];
  /** Its parameters that it has called by functions that are known, or keeps as handlers. */
  readonly registers: readonly Registration[];
  /** Its parameters that it calls or keeps. */
  readonly usedParameters: readonly string[];
  /** It is given a transaction. */
  readonly isTransacted: boolean;
  /** Its calls under a lock. */
  readonly locked: readonly Lead[];
  /** The calls by which it takes its own memory with a mask that says where it stands. */
  readonly gentle: readonly GentleCall[];
  /** Those that make memory which is kept in a member, `dev->ring`. */
  readonly made: readonly MadeInMember[];
  /** Those that give memory of one kind back. */
  readonly freeing: readonly Call[];
}

/** A mask that a function asks with where reclaim may wait for it. */
export type GentleMask = "GFP_NOFS" | "GFP_NOIO";

interface GentleCall {
  readonly call: Call;
  readonly name: GentleMask;
}

interface MadeInMember {
  readonly call: Call;
  readonly variable: string;
}

const isTransaction = ({ type }: Parameter): boolean => TRANSACTION.test(type);

/** Of a function that calls nothing and keeps nothing. */
const LEADS_NOWHERE: Outline = {
  registering: [],
  handlers: [],
  registers: [],
  usedParameters: [],
  isTransacted: false,
  locked: [],
  gentle: [],
  made: [],
  freeing: [],
};

export const outlineOf = (read: FunctionRead): Outline =>
  read.calls.length + read.kept.length === 0 && !read.parameters.some(isTransaction) ? LEADS_NOWHERE : outlined(read);

/** What a call registers by its name; null: nothing. */
export function registrationOf({ name, isMember, arguments: [first] }: Call): readonly Registration[] | null {
  const registration = isMember ? undefined : REGISTRATIONS.get(name);
  if (registration === undefined) return null;
  const { onlyFor } = registration;
  const isMeant = onlyFor?.some((end) => first?.text.endsWith(end)) ?? true;
  return isMeant ? [registration] : [];
}

const outlined = keptFor((read: FunctionRead): Outline => {
  const { calls, kept, parameters } = read;
  return {
    registering: calls.filter(
      ({ name, isMember }) => (!isMember && REGISTRATIONS.has(name)) || ATOMIC_NOTIFIERS.has(name),
    ),
    handlers: kept.filter(
      ({ owner, table, member }) =>
        owner !== OWN_VARIABLE && (KEPT.has(member) || (table !== "" && MEMBERS.has(`${table}.${member}`))),
    ),
    registers: registeredBy(read, (call) => registrationOf(call) ?? []),
    usedParameters: parameters.flatMap(({ name }) =>
      name !== "" &&
      (calls.some((call) => !call.isMember && call.name === name) || kept.some(({ value }) => value === name))
        ? [name]
        : [],
    ),
    isTransacted: parameters.some(isTransaction),
    locked: calls.flatMap((call) => (call.state.held.length === 0 ? [] : [leadOf(read, call)])),
    gentle: calls.flatMap(gentleIn),
    made: calls.flatMap((call) => {
      const variable = variableOf(call);
      return variable?.includes("->") === true ? [{ call, variable }] : [];
    }),
    freeing: calls.filter(freesOneKind),
  };
}, kept());

function gentleIn(call: Call): readonly GentleCall[] {
  if (call.allocation === null || call.allocation.api === null) return [];
  const [only, more] = call.allocation.mask?.cases ?? [];
  const name = more === undefined && only?.expression.kind === "name" ? only.expression.text : "";
  return name === "GFP_NOFS" || name === "GFP_NOIO" ? [{ call, name }] : [];
}

/** The calls of a function, and what each may lead to. */
export const leadsOf = keptFor(
  (read: FunctionRead): readonly Lead[] => read.calls.map((call) => leadOf(read, call)),
  kept(),
);

/** Whether a function calls one of that name. */
export function callsOneOf(read: FunctionRead, names: { has: (name: string) => boolean }): boolean {
  for (const { name } of read.calls) if (names.has(name)) return true;
  return false;
}

/** What a function by such a name is given is called later, and elsewhere. */
const LATER =
  /init|setup|regist|request|create|install|queue|work|thread|timer|sched|start|defer|async|set_|_set|declare|alloc|irq|rcu/i;
const NOTHING: readonly string[] = [];

function leadOf({ parameters }: FunctionRead, call: Call): Lead {
  const { name } = call;
  const isLater = LATER.test(name) || REGISTRATIONS.has(name);
  const isOwn = (text: string): boolean => parameters.some((parameter) => parameter.name === text);
  const passed = isLater
    ? NOTHING
    : call.arguments.flatMap(({ text }) => (/^[a-z_]\w*$/.test(text) && !isOwn(text) ? [text] : []));
  return {
    call,
    isParameter: parameters.some((parameter) => parameter.name === name),
    calledBack: call.arguments[CALLED_BACK.get(name) ?? -1]?.text ?? null,
    passed: passed.length === 0 ? NOTHING : passed,
  };
}

/**
 * The parameters of a function that it passes on to be called, or keeps where handlers are kept.
 * @param registrationsOf what a call has called for it
 */
export function registeredBy(
  { calls, kept, parameters }: FunctionRead,
  registrationsOf: (call: Call) => readonly Registration[],
): readonly Registration[] {
  if (parameters.length === 0) return [];
  const found: Registration[] = [];
  const passed = (text: string | undefined, handler: Omit<Registration, "argument">): void => {
    const argument = parameters.findIndex(({ name }) => name !== "" && name === text);
    if (argument !== -1) found.push({ ...handler, argument });
  };
  for (const call of calls)
    for (const registration of registrationsOf(call)) passed(call.arguments[registration.argument]?.text, registration);
  for (const { owner, member, value } of kept)
    for (const handler of owner === OWN_VARIABLE ? [] : (KEPT.get(member) ?? [])) passed(value, handler);
  return found;
}
