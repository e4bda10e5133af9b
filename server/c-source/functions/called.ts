import { heldBy, lockOf, takenBy, triedIn } from "./conditions.ts";
import type { Slice } from "../text/items.ts";
import { rootOf } from "../text/paths.ts";
import { byNameId, nameId } from "../text/names.ts";
import { giving, taken, taking, withoutAsked, type Held, type NetEffect, type Released, type State } from "./state.ts";
import { GUARDS, LOCK_CALLS, SLEEPING_CALLS, SLEEPING_GUARDS, type LockEffect } from "../tables/locks.ts";
import { ASSIGN, OPEN, textBetween, type Tokens } from "../text/tokens.ts";

/** A call, in the order in which it is made. */
export interface WalkedCall {
  /** The token of its name, the parentheses. */
  readonly name: number;
  readonly open: number;
  readonly close: number;
  readonly state: State;
  /** The first token of the statement that it stands in. */
  readonly statement: number;
}

/** A call that is open, until its arguments are walked. */
export interface OpenCall {
  readonly name: number;
  readonly open: number;
  readonly close: number;
  /** The one that it is an argument of, or a part of one. */
  readonly around: OpenCall | null;
}

/** What of the walk of a function a call looks at, and adds to. */
export interface Calling {
  readonly tokens: Tokens;
  readonly effectOf: (name: number) => NetEffect | null;
  readonly calls: WalkedCall[];
  /** What calls of functions take where they return something, or nothing: by the tokens of their names. */
  readonly tries: Map<number, Held>;
  /** Everything that is given back anywhere in the function. */
  readonly given: Released[];
  /** Blocks that are open, by their numbers. */
  readonly open: readonly number[];
  /** The first token of the statement. */
  readonly statement: number;
  /** Where the function starts. */
  readonly origin: number;
}

const GUARD = nameId("guard");
const EFFECTS = byNameId(LOCK_CALLS);
const SLEEPS = byNameId(new Map([...SLEEPING_CALLS].map((name) => [name, true])));

/** What holds behind a call. */
export function called(walk: Calling, { name, open, close }: OpenCall, state: State): State {
  const { tokens } = walk;
  const id = tokens.names[name] ?? 0;
  const effect = EFFECTS[id];
  const isAllocation = effect?.family === "preload";
  if (effect === undefined || isAllocation) walk.calls.push({ name, open, close, state, statement: walk.statement });
  if (effect !== undefined) return locked(walk, effect, name, close, state);
  if (SLEEPS[id] === true) return { ...state, sleptAt: (tokens.starts[name] ?? 0) - walk.origin };
  if (id === GUARD) return openGuard(walk, name, close, state);
  const net = walk.effectOf(id);
  if (net !== null) return withNet(walk, net, name, state);
  return isUnlock(tokens, id) ? gave(walk, state, { family: "any", lock: null, turnsOn: null }) : state;
}

/** What sleeps or waits for pages gives no spinlock back. */
const OTHER_UNLOCK =
  /^_*(?:mutex|rt_mutex|ww_mutex|rtnl|inode|folio|page|mmap|srcu|device|drm|dma_resv|console|clk|i_mmap|cpus|cpu_hotplug|devl|ttm|sb|vfs|vma|anon_vma|kernfs|pci_dev|regmap|nfs)_|unlock_(?:page|buffer|folio|rename|new_inode|mount)|srcu/;

function isUnlock(tokens: Tokens, id: number): boolean {
  const name = tokens.nameOf(id);
  return name.includes("unlock") && !OTHER_UNLOCK.test(name);
}

function gave(walk: Calling, state: State, released: Released): State {
  walk.given.push(released);
  return giving(state, released);
}

/** `guard(spinlock)(&dev->lock);` holds until the block ends. */
function openGuard(walk: Calling, name: number, close: number, state: State): State {
  const { tokens } = walk;
  const second = tokens.kinds[close + 1] === OPEN ? (tokens.partners[close + 1] ?? -1) : -1;
  const lock = second > close ? { from: close + 2, to: second } : null;
  return guarded(walk, { from: name + 2, to: close }, lock, name, state);
}

function locked(walk: Calling, effect: LockEffect, name: number, close: number, state: State): State {
  if (effect.does === "?") {
    const held = triedIn(walk, name);
    return held === null ? state : tried(walk, name, held, state);
  }
  const { tokens } = walk;
  const { family, turnsOn } = effect;
  if (effect.does === "-") return gave(walk, state, { family, lock: lockOf(tokens, effect, name, close), turnsOn });
  const held = heldBy(tokens, effect, name, close, walk.origin);
  return held === null ? state : taking(state, held);
}

/** `locked = spin_trylock(&lock);`: with the lock where the variable is true. In a condition the condition says it. */
function tried(walk: Calling, name: number, held: Held, state: State): State {
  const { tokens } = walk;
  const assignment = tokens.kinds[name - 1] === ASSIGN ? name - 1 : -1;
  if (assignment === -1) return state;
  const first = rootOf(tokens, assignment - 1);
  if (tokens.kinds[first - 1] === OPEN) return state;
  const text = textBetween(tokens, first, assignment).replace(/\s+/g, "");
  return taking(withoutAsked(state, text), { ...held, when: { text, isNegated: held.when?.isNegated === true } });
}

/** A function of the file that returns with a lock, or without one of its caller. */
function withNet(walk: Calling, net: NetEffect, name: number, state: State): State {
  const given = net.gives.reduce((all, released) => gave(walk, all, released), state);
  return net.takes.reduce<State>((all, held) => {
    const taken = takenBy(walk, held, name);
    if (held.when === null) return taking(all, taken);
    walk.tries.set(name, taken);
    return tried(walk, name, taken, all);
  }, given);
}

/** What holds where a guard is in force. */
export function guarded(walk: Calling, name: Slice, lock: Slice | null, at: number, state: State): State {
  const { tokens } = walk;
  const text = textBetween(tokens, name.from, name.to);
  const offset = (tokens.starts[at] ?? 0) - walk.origin;
  if (SLEEPING_GUARDS.has(text)) return { ...state, sleptAt: offset };
  const { family, context = null, lock: place } = GUARDS.get(text) ?? {};
  if (family === undefined || context === null) return state;
  const written = lock === null || place === -1 ? null : textBetween(tokens, lock.from, lock.to);
  const held = taken(`guard(${text})`, { family, context }, written, offset);
  return taking(state, { ...held, block: walk.open.at(-1) ?? 0 });
}
