import { TASK_FLAGS } from "./asking.ts";
import { isMaskText } from "./mask-names.ts";
import { bodyNames, CALLED, USED, type BodyNames } from "./bearing-names.ts";
import { isLocking, type FileCallees } from "./callees.ts";
import type { Forward } from "./forwards.ts";
import { READ_FIRST } from "./read-order.ts";
import type { FunctionItem, Items } from "../text/items.ts";
import { nameId } from "../text/names.ts";
import { SIGNATURE_NAMES, signatureOfId } from "../text/signatures.ts";
import { isKeptScope } from "./state.ts";
import { MEMBERS } from "../tables/callbacks.ts";
import { ALLOCATE_INSIDE } from "../tables/inside.ts";
import { LOCK_CALLS, TRANSACTION } from "../tables/locks.ts";
import { ASSIGN, BLOCK_CLOSE, CLOSE, COMMA, INDEX_CLOSE, NAME, OPEN, SEMICOLON, type Tokens } from "../text/tokens.ts";

// What a name is in a file, as bits.
/** Allocates, is a mask, opens a scope: something may be said of who names it, wherever that stands. */
const SAID = 1;
/** Allocates inside: something may be said of who calls it where something is held. */
const SAID_UNDER = 2;
/** A call of it may leave something held, or give it back. */
const LOCKS = 4;
/** A function of the file. */
const OWN = 8;
/** Leads to a function of which something may be said: it is that function, or keeps it. */
const LEADS = 16;
/** Stands in a body. */
const NAMED = 32;
/** Stands in a body, and is not called there: somebody may be given it. */
const GIVEN = 64;
/** Is given what leads there. */
const TAKES = 128;
/** Asks where reclaim may wait for it. */
const GENTLE = 256;

const KNOWN: number[] = [];
const know = (name: string, bits: number): void => {
  const id = nameId(name);
  KNOWN[id] = (KNOWN[id] ?? 0) | bits;
};
for (const name of [...SIGNATURE_NAMES, ...TASK_FLAGS]) know(name, SAID);
for (const [name, { makes }] of ALLOCATE_INSIDE) know(name, makes === null ? SAID_UNDER : SAID | SAID_UNDER);
for (const [name, { family }] of LOCK_CALLS) know(name, isKeptScope(family) ? SAID | LOCKS : LOCKS);
for (const name of ["guard", "scoped_guard"]) know(name, LOCKS);
for (const name of ["GFP_NOFS", "GFP_NOIO"]) know(name, SAID | GENTLE);
let known = new Uint16Array(0);
const NOTIFIER_CALL = nameId("notifier_call");

/** What is looked at: a file, and what is found of its names and functions. */
interface Seen {
  readonly tokens: Tokens;
  readonly functions: readonly FunctionItem[];
  /** By the number of a name: the bits above. */
  readonly bits: Uint16Array;
  /** By the number of a name, the functions of that name. */
  readonly own: ReadonlyMap<number, readonly number[]>;
  /** The number of the name of each function; 0: it has none. */
  readonly ids: Int32Array;
  readonly bodies: BodyNames;
  /** By the number of a function: 1 for those that something may be said of, or that lead there. */
  readonly leads: Uint8Array;
  /** 1 for those that hand on what leads there. */
  readonly gives: Uint8Array;
  /** 1 for those that something may be said of wherever they stand. */
  readonly said: Uint8Array;
  /** Whether a function leaves something held or gives it back, as far as it was asked. */
  readonly locks: Uint8Array;
  /** Names that lead there, whose users are still to be looked at. */
  readonly waiting: number[];
}

/**
 * The functions of a file that have to be read for what is found in it: those of which something may be said, those
 * that lead to one of them from where something is held, and what they call that locks. Of the others nothing is said
 * whatever they do. It errs on the side of reading.
 * @param callees what is called in the file besides its own functions
 * @param forwards functions of its headers that call what a table has
 * @returns for each function whether it is to be read, and whether before others
 */
export function bearingOnFindings(
  tokens: Tokens,
  items: Items,
  callees: FileCallees,
  forwards: ReadonlyMap<string, Forward> = NO_FORWARDS,
): Uint8Array {
  const { functions } = items;
  const present = [...forwards].filter(([name]) => tokens.idOf(name) !== 0);
  const seen = begin(tokens, functions, callees);
  for (let index = 0; index < functions.length; index++) look(seen, index);
  do {
    do {
      spread(seen);
      keptInTables(seen, items);
      for (const [name, forward] of present) if (leadsOn(seen, forward, forwards)) addLead(seen, tokens.idOf(name));
    } while (seen.waiting.length > 0);
    // What hands its mask on is an allocation for those that call it.
  } while (handMasksOn(seen));
  if (functions.some((item, index) => seen.leads[index] === 1 && asksForLock(item)))
    return new Uint8Array(functions.length).fill(READ_FIRST);
  const handlers = handlersIn(seen, items, present);
  const read = reachedFromRoots(seen, handlers);
  for (let index = 0; index < functions.length; index++)
    if (seen.said[index] === 1 || seen.gives[index] === 1) read[index] = 1;
  callersOfHandlers(seen, handlers, read);
  withLocks(seen, read);
  for (let index = 0; index < functions.length; index++)
    if (read[index] === 1 && (((seen.bits[seen.ids[index] ?? 0] ?? 0) & SAID) !== 0 || mayLock(seen, index)))
      read[index] = READ_FIRST;
  return read;
}

const NO_FORWARDS: ReadonlyMap<string, Forward> = new Map();

function begin(tokens: Tokens, functions: readonly FunctionItem[], { effects, allocators }: FileCallees): Seen {
  if (known.length < KNOWN.length) known = Uint16Array.from(KNOWN, (bits) => bits ?? 0);
  const bits = new Uint16Array(tokens.nameCount);
  bits.set(known);
  const mark = (name: string, more: number): void => {
    const id = tokens.idOf(name);
    if (id !== 0) bits[id] = (bits[id] ?? 0) | more;
  };
  for (const [name, { arguments: given }] of allocators)
    mark(name, given.some((one) => one.includes("GFP_NO")) ? SAID | GENTLE : SAID);
  for (const [name, { takes }] of effects)
    mark(name, takes.some(({ family }) => isKeptScope(family)) ? SAID | LOCKS : LOCKS);
  const own = new Map<number, number[]>();
  const ids = new Int32Array(functions.length);
  functions.forEach((item, index) => {
    const id = idOfFunction(tokens, item);
    ids[index] = id;
    if (id === 0) return;
    bits[id] = (bits[id] ?? 0) | OWN;
    const same = own.get(id);
    if (same === undefined) own.set(id, [index]);
    else same.push(index);
  });
  const flags = (): Uint8Array => new Uint8Array(functions.length);
  return {
    tokens,
    functions,
    bits,
    own,
    ids,
    bodies: bodyNames(tokens, functions),
    leads: flags(),
    gives: flags(),
    said: flags(),
    locks: flags(),
    waiting: [],
  };
}

/** A macro that defines a function names it in its arguments. */
function idOfFunction(tokens: Tokens, { name, nameToken }: FunctionItem): number {
  const isWritten = name.length === (tokens.ends[nameToken] ?? 0) - (tokens.starts[nameToken] ?? 0);
  return isWritten ? (tokens.names[nameToken] ?? 0) : tokens.idOf(name);
}

/** What is said of a function by the names in its body. */
function look(seen: Seen, index: number): void {
  const { bodies, bits } = seen;
  const { from, names, uses } = bodies;
  let all = 0;
  for (let place = from[index] ?? 0; place < (from[index + 1] ?? 0); place++) {
    const id = names[place] ?? 0;
    let found = bits[id] ?? 0;
    if ((found & NAMED) === 0) found |= isMask(seen, id) ? NAMED | SAID : NAMED;
    if (((uses[place] ?? 0) & USED) !== 0) found |= GIVEN;
    bits[id] = found;
    all |= found;
  }
  if ((all & SAID) !== 0) seen.said[index] = 1;
  if ((all & (SAID | SAID_UNDER)) !== 0) leadBy(seen, index);
}

const G = 71;
const UNDERSCORE = 95;

function isMask({ tokens }: Seen, id: number): boolean {
  const first = tokens.firstOf(id);
  return (first === G || first === UNDERSCORE) && isMaskText(tokens.nameOf(id));
}

function leadBy(seen: Seen, index: number): void {
  if (seen.leads[index] === 1) return;
  seen.leads[index] = 1;
  addLead(seen, seen.ids[index] ?? 0);
}

function addLead({ bits, waiting }: Seen, id: number): void {
  const found = bits[id] ?? 0;
  if (id === 0 || (found & LEADS) !== 0) return;
  bits[id] = found | LEADS;
  waiting.push(id);
}

/** Looks at those that name what leads there: they do too, and what they give it to. */
function spread(seen: Seen): void {
  const { bodies, bits, own, waiting } = seen;
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    // Of two functions by one name either may be meant.
    for (const index of own.get(id) ?? []) leadBy(seen, index);
    for (let at = bodies.placesFrom[id] ?? 0; at < (bodies.placesFrom[id + 1] ?? 0); at++) {
      const place = bodies.places[at] ?? 0;
      const index = bodies.functions[place] ?? 0;
      leadBy(seen, index);
      if (((bits[id] ?? 0) & TAKES) !== 0) seen.gives[index] = 1;
      if (((bodies.uses[place] ?? 0) & USED) === 0) continue;
      seen.gives[index] = 1;
      handOnAll(seen, index, id);
    }
  }
}

function handOnAll(seen: Seen, index: number, id: number): void {
  const { kinds, names } = seen.tokens;
  const item = seen.functions[index];
  if (item === undefined) return;
  for (let at = item.open + 1; at < item.close; at++)
    if (names[at] === id && kinds[at] === NAME && kinds[at + 1] !== OPEN) handOn(seen, item, at);
}

/** What a value in a body is given to: the parameter of a function of the file, or what it is written into. */
function handOn(seen: Seen, item: FunctionItem, value: number): void {
  const { kinds, names, partners } = seen.tokens;
  let argument = 0;
  for (let at = value - 1; at > item.open; at--) {
    const kind = kinds[at];
    const partner = partners[at] ?? -1;
    if (kind === CLOSE || kind === INDEX_CLOSE || kind === BLOCK_CLOSE) {
      if (partner !== -1 && partner < at) at = partner;
    } else if (kind === SEMICOLON) return;
    else if (kind === COMMA) argument++;
    else if (kind === OPEN && kinds[at - 1] === NAME) {
      giveTo(seen, names[at - 1] ?? 0, argument);
      return;
    } else if (kind === OPEN) argument = 0;
    else if (kind === ASSIGN && kinds[at - 1] === NAME) {
      const into = names[at - 1] ?? 0;
      addLead(seen, into);
      if (into === NOTIFIER_CALL && kinds[at - 3] === NAME) addLead(seen, names[at - 3] ?? 0);
      return;
    }
  }
}

/** A function of the file is given what leads there as an argument: all that call it may give it something. */
function giveTo(seen: Seen, callee: number, argument: number): void {
  const { tokens, own, functions, bits, bodies } = seen;
  for (const index of own.get(callee) ?? []) {
    const parameter = functions[index]?.parameters[argument]?.name ?? "";
    if (parameter === "") continue;
    addLead(seen, tokens.idOf(parameter));
    addLead(seen, callee);
    bits[callee] = (bits[callee] ?? 0) | TAKES;
    for (let at = bodies.placesFrom[callee] ?? 0; at < (bodies.placesFrom[callee + 1] ?? 0); at++)
      seen.gives[bodies.functions[bodies.places[at] ?? 0] ?? 0] = 1;
  }
}

/** The members and tables that keep a function which leads there. */
function keptInTables(seen: Seen, { initializers }: Items): void {
  const { tokens, bits } = seen;
  for (const { name, members } of initializers)
    for (const { member, value, token } of members) {
      if (((bits[tokens.names[token] ?? 0] ?? 0) & LEADS) === 0) continue;
      if (member !== "") addLead(seen, tokens.idOf(member));
      if (member === "" || member === "notifier_call") addLead(seen, tokens.idOf(name));
      if (member === "") for (const end of endsOf(value)) addLead(seen, tokens.idOf(end));
    }
}

/** What a table without members says by the names of its functions: `init` of `a_init`. */
function endsOf(name: string): readonly string[] {
  const ends: string[] = [];
  for (let at = name.indexOf("_"); at !== -1; at = name.indexOf("_", at + 1)) ends.push(name.slice(at + 1));
  return ends;
}

/** Whether a function of a header may come to what leads there. */
const leadsOn = ({ tokens, bits }: Seen, forward: Forward, forwards: ReadonlyMap<string, Forward>): boolean =>
  forward.some(({ name }) => forwards.has(name) || ((bits[tokens.idOf(name)] ?? 0) & LEADS) !== 0);

/** Marks what calls a function that allocates with a mask of its callers, and says whether there is more. */
function handMasksOn(seen: Seen): boolean {
  const { bits, functions, said, ids, bodies } = seen;
  let isMore = false;
  for (let index = 0; index < functions.length; index++) {
    const item = functions[index];
    if (item === undefined || said[index] !== 1 || item.parameters.length === 0) continue;
    const id = ids[index] ?? 0;
    if (((bits[id] ?? 0) & SAID) !== 0 || !mayHandMaskOn(seen, item)) continue;
    bits[id] = (bits[id] ?? 0) | SAID;
    isMore = true;
    for (let at = bodies.placesFrom[id] ?? 0; at < (bodies.placesFrom[id + 1] ?? 0); at++) {
      const user = bodies.functions[bodies.places[at] ?? 0] ?? 0;
      said[user] = 1;
      leadBy(seen, user);
    }
  }
  return isMore;
}

/** Whether what a function allocates with may hang on its parameters. */
function mayHandMaskOn(seen: Seen, { open, close, parameters }: FunctionItem): boolean {
  const { tokens, bits } = seen;
  const { kinds, names } = tokens;
  let own: ReadonlySet<number> | null = null;
  for (let at = open + 1; at < close; at++) {
    if (kinds[at] !== NAME || kinds[at + 1] !== OPEN) continue;
    const id = names[at] ?? 0;
    if (((bits[id] ?? 0) & SAID) === 0) continue;
    own ??= new Set(parameters.map(({ name }) => tokens.idOf(name)));
    if (isGivenOne(seen, at + 1, signatureOfId(id)?.mask ?? -1, own)) return true;
  }
  return false;
}

/**
 * Whether an argument names a parameter, or is a variable, which may hold one.
 * @param mask which argument; -1: any of them
 */
function isGivenOne({ tokens, bits }: Seen, open: number, mask: number, own: ReadonlySet<number>): boolean {
  const { kinds, names, partners } = tokens;
  const close = partners[open] ?? open;
  let argument = 0;
  let first = open + 1;
  let inner = open;
  for (let at = open + 1; at <= close; at++) {
    const isMeant = mask === -1 || argument === mask;
    if (at === close || (kinds[at] === COMMA && at > inner)) {
      const isAlone = at === first + 1 && kinds[first] === NAME;
      if (isMeant && isAlone && ((bits[names[first] ?? 0] ?? 0) & SAID) === 0) return true;
      argument++;
      first = at + 1;
    } else if (isMeant && kinds[at] === NAME && own.has(names[at] ?? 0)) return true;
    inner = Math.max(inner, at === close ? open : (partners[at] ?? open));
  }
  return false;
}

/** A function whose callers hold a lock that others of the file take: which it is they say. */
const asksForLock = ({ annotations }: FunctionItem): boolean =>
  annotations.some(({ name, argument }) => argument !== null && (name === "__must_hold" || name === "__releases"));

/** The functions that lead there and that are reached from where something is held. */
function reachedFromRoots(seen: Seen, handlers: ReadonlySet<number>): Uint8Array {
  const { functions, leads, own, bits, ids, bodies } = seen;
  const reached = new Uint8Array(functions.length);
  const waiting: number[] = [];
  const reach = (index: number): void => {
    if (leads[index] !== 1 || reached[index] === 1) return;
    reached[index] = 1;
    waiting.push(index);
  };
  functions.forEach((item, index) => {
    if (leads[index] === 1 && (handlers.has(ids[index] ?? 0) || isRoot(seen, item, index))) reach(index);
  });
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop())
    for (let place = bodies.from[index] ?? 0; place < (bodies.from[index + 1] ?? 0); place++) {
      const id = bodies.names[place] ?? 0;
      if (((bits[id] ?? 0) & (OWN | LEADS)) === (OWN | LEADS)) own.get(id)?.forEach(reach);
    }
  return reached;
}

/** The functions that may be called by who is given them, by their names. */
function handlersIn(
  { tokens, bits }: Seen,
  { initializers, calls }: Items,
  forwards: readonly (readonly [string, Forward])[],
): ReadonlySet<number> {
  const found = new Set<number>();
  bits.forEach((one, id) => {
    if ((one & (OWN | GIVEN)) === (OWN | GIVEN)) found.add(id);
  });
  for (const call of calls)
    for (let at = call + 2; at < (tokens.partners[call + 1] ?? 0); at++)
      if (tokens.kinds[at] === NAME) found.add(tokens.names[at] ?? 0);
  const forwardsTo = new Set(forwards.flatMap(([, forward]) => forward.map(({ name }) => name)));
  const isNamed = (name: string): boolean => forwardsTo.has(name) || ((bits[tokens.idOf(name)] ?? 0) & NAMED) !== 0;
  for (const { type, name, members } of initializers)
    for (const { member, value, token } of members) {
      const id = tokens.names[token] ?? 0;
      if (((bits[id] ?? 0) & OWN) === 0) continue;
      const isCalled =
        member === ""
          ? isNamed(name) || endsOf(value).some(isNamed)
          : MEMBERS.has(`${type}.${member}`) ||
            MEMBERS.has(`*.${member}`) ||
            member === "notifier_call" ||
            isNamed(member);
      if (isCalled) found.add(id);
    }
  return found;
}

/** Something is held in it, or by those that call it, by what it says itself. */
function isRoot(seen: Seen, { name, parameters }: FunctionItem, index: number): boolean {
  if (name.endsWith("_lck") || parameters.some(({ type }) => TRANSACTION.test(type))) return true;
  const { bits, own, functions, bodies } = seen;
  for (let place = bodies.from[index] ?? 0; place < (bodies.from[index + 1] ?? 0); place++) {
    const id = bodies.names[place] ?? 0;
    const found = bits[id] ?? 0;
    if ((found & (LOCKS | GENTLE)) !== 0) return true;
    if ((found & OWN) === 0) continue;
    for (const one of own.get(id) ?? []) {
      const callee = functions[one];
      if (callee !== undefined && isLocking(callee.name, callee.annotations) && mayLock(seen, one)) return true;
    }
  }
  return false;
}

/** A static handler that nobody calls stands in its own context: who calls it has to be known. */
function callersOfHandlers({ bodies, bits }: Seen, handlers: ReadonlySet<number>, read: Uint8Array): void {
  for (const id of handlers) {
    if (((bits[id] ?? 0) & (OWN | LEADS)) !== (OWN | LEADS)) continue;
    for (let at = bodies.placesFrom[id] ?? 0; at < (bodies.placesFrom[id + 1] ?? 0); at++) {
      const place = bodies.places[at] ?? 0;
      if (((bodies.uses[place] ?? 0) & CALLED) !== 0) read[bodies.functions[place] ?? 0] = 1;
    }
  }
}

const UNASKED = 0;
const DOES = 1;
const DOES_NOT = 2;

/** Adds the functions that leave something held, or give it back, for one that is read. */
function withLocks(seen: Seen, read: Uint8Array): void {
  const { bits, own, bodies } = seen;
  const waiting: number[] = [];
  read.forEach((one, index) => {
    if (one === 1) waiting.push(index);
  });
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop())
    for (let place = bodies.from[index] ?? 0; place < (bodies.from[index + 1] ?? 0); place++) {
      const id = bodies.names[place] ?? 0;
      if (((bits[id] ?? 0) & OWN) === 0) continue;
      for (const callee of own.get(id) ?? []) {
        if (read[callee] === 1 || !mayLock(seen, callee)) continue;
        read[callee] = 1;
        waiting.push(callee);
      }
    }
}

/** Whether a function may leave something held or give back what its caller has. */
function mayLock(seen: Seen, index: number): boolean {
  const { tokens, bits, own, locks, bodies } = seen;
  const known = locks[index] ?? UNASKED;
  if (known !== UNASKED) return known === DOES;
  // Of one that calls itself.
  locks[index] = DOES;
  for (let place = bodies.from[index] ?? 0; place < (bodies.from[index + 1] ?? 0); place++) {
    if (((bodies.uses[place] ?? 0) & CALLED) === 0) continue;
    const id = bodies.names[place] ?? 0;
    const found = bits[id] ?? 0;
    if ((found & LOCKS) !== 0) return true;
    if ((found & OWN) !== 0 && own.get(id)?.some((one) => mayLock(seen, one)) === true) return true;
    if (tokens.nameOf(id).includes("unlock")) return true;
  }
  locks[index] = DOES_NOT;
  return false;
}
