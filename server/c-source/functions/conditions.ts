import { argumentsBetween, type Slice } from "../text/items.ts";
import { kinds, nextOf } from "../text/levels.ts";
import { byNameId, nameIds } from "../text/names.ts";
import { RETURNED, taken, taking, type Asked, type Guard, type Held, type State } from "./state.ts";
import { CONTEXT_TESTS, LOCK_CALLS, type LockEffect } from "../tables/locks.ts";
import {
  AMPERSAND,
  ASSIGN,
  BOTH,
  EITHER,
  EQUAL,
  NAME,
  NOT,
  NUMBER,
  OPEN,
  QUESTION,
  textBetween,
  textOf,
  UNEQUAL,
  type Tokens,
} from "../text/tokens.ts";

/** What a condition says of the ways behind it. */
export interface Condition {
  readonly whenTrue: (state: State) => State;
  readonly whenFalse: (state: State) => State;
  readonly asksContext: boolean;
}

const TRIES = byNameId(new Map([...LOCK_CALLS].filter(([, { does }]) => does === "?")));
const TESTS = byNameId(new Map([...CONTEXT_TESTS].map((name) => [name, true])));
const LIKELY = nameIds("likely unlikely");

const NOTHING_KNOWN: Condition = { whenTrue: (state) => state, whenFalse: (state) => state, asksContext: false };

/** What of the walk of a function a condition asks. */
export interface Asking {
  readonly tokens: Tokens;
  readonly parameters: ReadonlySet<string>;
  /** What calls of functions take where they return something, or nothing: by the tokens of their names. */
  readonly tries: ReadonlyMap<number, Held>;
  /** Where the function starts. */
  readonly origin: number;
}

/** Reads the condition of an `if` or `while`, or what is returned, whose calls are made already. */
export function analyseCondition(asking: Asking, head: Slice): Condition {
  const { tokens, parameters } = asking;
  let tried: number | null = null;
  let asksContext = false;
  for (let at = head.from; at < head.to; at++) {
    if (tokens.kinds[at] !== NAME) continue;
    const id = tokens.names[at] ?? 0;
    if (tried === null && mayTake(asking, at)) tried = at;
    if (TESTS[id] === true) asksContext = true;
  }
  if (tried !== null) return triedLock(asking, head, tried);
  if (asksContext) {
    const cut = (state: State): State => (state.isCut ? state : { ...state, isCut: true });
    return { whenTrue: cut, whenFalse: cut, asksContext };
  }
  const guards = parameters.size === 0 ? null : guardsOf(tokens, unwrapped(tokens, head), parameters);
  if (guards === null) return NOTHING_KNOWN;
  const withGuards =
    (more: readonly Guard[]) =>
    (state: State): State =>
      more.length === 0 ? state : { ...state, guards: [...state.guards, ...more] };
  return { whenTrue: withGuards(guards.whenTrue), whenFalse: withGuards(guards.whenFalse), asksContext: false };
}

/** A call that takes something only where it returns something, or nothing. */
export const mayTake = ({ tokens, tries }: Asking, name: number): boolean =>
  tokens.kinds[name + 1] === OPEN &&
  (TRIES[tokens.names[name] ?? 0] !== undefined || (tries.size > 0 && tries.has(name)));

/** `if (spin_trylock(&lock))`, `if (!spin_trylock(&lock))`, `if (own_lock(dev) == 0)`, beside other conditions too. */
function triedLock(asking: Asking, head: Slice, name: number): Condition {
  const { tokens } = asking;
  const found = triedIn(asking, name);
  if (found === null) return NOTHING_KNOWN;
  const held = { ...found, when: null };
  const take = (state: State): State => taking(state, held);
  const behind = (tokens.partners[name + 1] ?? name) + 1;
  let isNegated = found.when?.isNegated === true;
  if (tokens.kinds[behind] === EQUAL && /^(?:0|NULL|false)$/.test(textOf(tokens, behind + 1))) isNegated = !isNegated;
  for (let at = name - 1; at >= head.from; at--) {
    if (tokens.kinds[at] === NOT) isNegated = !isNegated;
    else if (tokens.kinds[at] !== OPEN && !LIKELY.has(tokens.names[at] ?? -1)) break;
  }
  return { ...NOTHING_KNOWN, [isNegated ? "whenFalse" : "whenTrue"]: take };
}

const LONGEST_ASKED = 80;

/** A condition that is one name, member or comparison, which can be asked again; null: it is another. */
export function askedIn(tokens: Tokens, head: Slice): Asked | null {
  let { from, to } = unwrapped(tokens, head);
  let isNegated = false;
  while (tokens.kinds[from] === NOT) {
    isNegated = !isNegated;
    ({ from, to } = unwrapped(tokens, { from: from + 1, to }));
  }
  if ((tokens.ends[to - 1] ?? 0) - (tokens.starts[from] ?? 0) > LONGEST_ASKED) return null;
  let comparison = -1;
  for (let at = from; at < to; at++) {
    const kind = tokens.kinds[at] ?? 0;
    if (kind === BOTH || kind === EITHER || kind === ASSIGN || kind === OPEN || kind === QUESTION) return null;
    if (kind === EQUAL || kind === UNEQUAL) comparison = at;
  }
  const written = (start: number, end: number): string => textBetween(tokens, start, end).replace(/\s+/g, "");
  if (comparison === -1) return { text: written(from, to), isNegated };
  const isUnequal = tokens.kinds[comparison] === UNEQUAL;
  const [left, right] = [written(from, comparison), written(comparison + 1, to)];
  // `p != NULL` is `p`.
  if (right === "NULL" || right === "0") return { text: left, isNegated: isNegated !== !isUnequal };
  return { text: `${left}==${right}`, isNegated: isNegated !== isUnequal };
}

/** What `spin_trylock(&lock)` takes where it returns something, and a function where it does or does not. */
export function triedIn({ tokens, tries, origin }: Omit<Asking, "parameters">, name: number): Held | null {
  const effect = TRIES[tokens.names[name] ?? 0];
  const close = tokens.partners[name + 1] ?? -1;
  if (close < name) return null;
  if (effect !== undefined) {
    const held = heldBy(tokens, effect, name, close, origin);
    return held === null ? null : { ...held, when: RETURNED };
  }
  return tries.get(name) ?? null;
}

/** What a function takes for those that call it, by a call of it. */
export function takenBy({ tokens, origin }: Pick<Asking, "tokens" | "origin">, held: Held, name: number): Held {
  const by = textOf(tokens, name);
  const at = (tokens.starts[name] ?? 0) - origin;
  return { ...held, by, through: held.by === by ? null : throughOf(held), at, block: 0 };
}

const throughOf = ({ by, through, lock }: Held): string => through ?? (lock === null ? `${by}()` : `${by}(${lock})`);

/** The argument of a call that is the lock; null: it has none. */
export function lockOf(tokens: Tokens, effect: LockEffect, name: number, close: number): string | null {
  if (effect.lock === -1) return null;
  const slice = argumentsBetween(tokens, name + 2, close)[effect.lock];
  return slice === undefined ? null : textBetween(tokens, slice.from, slice.to);
}

/** What a call of that name takes, `origin` being where its function starts; null: nothing that is in force then. */
export function heldBy(tokens: Tokens, effect: LockEffect, name: number, close: number, origin: number): Held | null {
  const { family, context } = effect;
  if (context === null || (effect.isBare && close > name + 2)) return null;
  const at = (tokens.starts[name] ?? 0) - origin;
  return taken(textOf(tokens, name), { family, context }, lockOf(tokens, effect, name, close), at);
}

/** Without parentheses, `likely()` and `unlikely()` around all of it. */
function unwrapped(tokens: Tokens, head: Slice): Slice {
  let { from, to } = head;
  for (;;) {
    const open = LIKELY.has(tokens.names[from] ?? -1) ? from + 1 : from;
    if (tokens.kinds[open] !== OPEN || tokens.partners[open] !== to - 1) return { from, to };
    from = open + 1;
    to -= 1;
  }
}

const JOINTS = kinds(BOTH, EITHER);

interface Guards {
  readonly whenTrue: readonly Guard[];
  readonly whenFalse: readonly Guard[];
}

/** What simple tests of parameters say; joined by `&&` each holds where all do, by `||` none holds where none does. */
function guardsOf(tokens: Tokens, { from, to }: Slice, parameters: ReadonlySet<string>): Guards | null {
  const parts: Slice[] = [];
  let joint = 0;
  for (let start = from; start <= to; ) {
    const end = nextOf(JOINTS, tokens, start, to);
    parts.push({ from: start, to: end });
    start = end + 1;
    if (end === to) continue;
    const kind = tokens.kinds[end] ?? 0;
    if (joint !== 0 && joint !== kind) return null;
    joint = kind;
  }
  const guards = parts.flatMap((part) => guardOf(tokens, unwrapped(tokens, part), parameters) ?? []);
  if (guards.length === 0) return null;
  const opposite = guards.map(negated);
  if (joint === 0) return { whenTrue: guards, whenFalse: opposite };
  return joint === BOTH ? { whenTrue: guards, whenFalse: [] } : { whenTrue: [], whenFalse: opposite };
}

const OPPOSITE = {
  true: "false",
  false: "true",
  equal: "unequal",
  unequal: "equal",
  set: "clear",
  clear: "set",
} as const;

const negated = (guard: Guard): Guard => ({ ...guard, is: OPPOSITE[guard.is] });

function guardOf(tokens: Tokens, { from, to }: Slice, parameters: ReadonlySet<string>): Guard | null {
  const isNegated = tokens.kinds[from] === NOT;
  const first = isNegated ? from + 1 : from;
  if (tokens.kinds[first] === OPEN && isNegated && tokens.partners[first] === to - 1) {
    const inner = guardOf(tokens, { from: first + 1, to: to - 1 }, parameters);
    return inner === null ? null : negated(inner);
  }
  if (tokens.kinds[first] !== NAME) return null;
  const name = textOf(tokens, first);
  if (!parameters.has(name)) return null;
  if (first + 1 === to) return { name, is: isNegated ? "false" : "true", value: "" };
  const operator = tokens.kinds[first + 1];
  const value = tokens.kinds[first + 2];
  // `flag & WRITE`
  if (operator === AMPERSAND && value === NAME && first + 3 === to && !isNegated)
    return { name, is: "set", value: textOf(tokens, first + 2) };
  const isComparison = operator === EQUAL || operator === UNEQUAL;
  if (isNegated || !isComparison || first + 3 !== to || (value !== NAME && value !== NUMBER)) return null;
  return { name, is: operator === EQUAL ? "equal" : "unequal", value: textOf(tokens, first + 2) };
}
