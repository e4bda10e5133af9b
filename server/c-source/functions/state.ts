import type { Confidence } from "../evidence.ts";
import type { LockFamily } from "../tables/locks.ts";

/** A lock, section or scope that is in force. Offsets count from the start of the function that took it. */
export interface Held {
  /** The call that took it, as the proof of a finding names it: `spin_lock_irqsave`. */
  readonly by: string;
  /** What that function calls to take it, where it is no lock call itself: `spin_lock(&dev->lock)`. */
  readonly through: string | null;
  readonly family: LockFamily;
  /** The model's name for what it means: `spin_lock_irqsave`, `rcu_read_lock`, `nofs`. */
  readonly context: string;
  /** The lock as it is written: `&dev->lock`; null: it has none. */
  readonly lock: string | null;
  readonly at: number;
  /** The block that it ends with, for a guard; 0: none. */
  readonly block: number;
  /** How sure it is that the call takes it: less where a function of another file does. */
  readonly sure: Confidence;
  /** It was taken where this is so, and may be in force: `if (locked) spin_lock(&dev->lock);`. Null: it is. */
  readonly when: Asked | null;
}

/** What a call certainly takes, which its block does not end. */
export const taken = (
  by: string,
  { family, context }: Pick<Held, "family" | "context">,
  lock: string | null,
  at: number,
): Held => ({ by, through: null, family, context, lock, at, block: 0, sure: "certain", when: null });

/** A condition without calls, as it is written but for a `!`. */
export interface Asked {
  readonly text: string;
  readonly isNegated: boolean;
}

/** Where the call returned something: what a function took that returns without it too. A value of no name is asked. */
export const RETURNED: Asked = { text: "", isNegated: false };

/** Something that was given back and not taken here: the caller had it. */
export interface Released {
  readonly family: LockFamily;
  readonly lock: string | null;
  /**
   * What it turned on again besides: `spin_unlock_irqrestore()` of what `local_irq_save()` turned off. Null: nothing,
   * and interrupts stay as they are: `spin_unlock()` of what `spin_lock_irqsave()` took.
   */
  readonly turnsOn: "irqs" | "bh" | null;
}

/**
 * What a function of the file leaves behind when it returns. Of what it takes only where it returns something, or
 * nothing (0, NULL, false), `when` says which of both.
 */
export interface NetEffect {
  readonly takes: readonly Held[];
  readonly gives: readonly Released[];
}

/** What a branch knows of a parameter. */
export interface Guard {
  readonly name: string;
  readonly is: "true" | "false" | "equal" | "unequal" | "set" | "clear";
  /** What it is compared with. */
  readonly value: string;
}

/** Where code stands in its function. Everything is true on every way to it. */
export interface State {
  readonly held: readonly Held[];
  readonly released: readonly Released[];
  /** The code asked for its context, and so a caller's does not count. */
  readonly isCut: boolean;
  /** Where it did something that may sleep; -1: nowhere. */
  readonly sleptAt: number;
  readonly guards: readonly Guard[];
}

export const ENTRY: State = { held: [], released: [], isCut: false, sleptAt: -1, guards: [] };

const isAsked = (one: Asked, other: Asked): boolean => one.text === other.text;

/** Where a condition holds: what was taken where it does is in force, and what was taken where it does not is not. */
export function whereAsked(state: State, asked: Asked | null): State {
  if (asked === null || !state.held.some(({ when }) => when !== null && isAsked(when, asked))) return state;
  const held = state.held.flatMap((one) => {
    if (one.when === null || !isAsked(one.when, asked)) return [one];
    return one.when.isNegated === asked.isNegated ? [{ ...one, when: null }] : [];
  });
  return { ...state, held };
}

/** Behind both ways of a condition: what only one of them took may be in force as well. */
export function joinedWhere(one: State | null, other: State | null, before: State, asked: Asked | null): State | null {
  const state = joined(one, other);
  if (state === null || asked === null || one === null || other === null) return state;
  if (one.held.length === 0 && other.held.length === 0) return state;
  const takenIn = (way: State, also: State, when: Asked): readonly Held[] =>
    way.held.flatMap((held) => {
      const isNew = held.when === null && held.block === 0 && !isScope(held.family) && !before.held.includes(held);
      return isNew && !also.held.some((same) => isSame(same, held)) ? [{ ...held, when }] : [];
    });
  const more = [...takenIn(one, other, asked), ...takenIn(other, one, { ...asked, isNegated: !asked.isNegated })];
  return more.length === 0 ? state : { ...state, held: [...state.held, ...more] };
}

/** Without what was taken by the value that a variable had before. */
export const withoutAsked = (state: State, variable: string): State =>
  state.held.some(({ when }) => when?.text === variable)
    ? { ...state, held: state.held.filter(({ when }) => when?.text !== variable) }
    : state;

const isSame = (one: Held, other: Held): boolean =>
  one === other || (one.context === other.context && one.lock === other.lock && one.block === other.block);

/** Locks of the same name. */
export const isAlike = (one: Pick<Released, "family" | "lock">, other: Pick<Released, "family" | "lock">): boolean =>
  one.family === other.family && one.lock === other.lock;

/**
 * What one way gave back. Not what it took again, where the other never gave it: the caller has it on both, though
 * here it holds by another call than there.
 */
const stillReleased = (one: State, other: State): readonly Released[] =>
  one.held.length === 0
    ? one.released
    : one.released.filter(
        (lock) => other.released.some((also) => isAlike(also, lock)) || !one.held.some((held) => isAlike(held, lock)),
      );

/** What is true on both ways; null: nobody comes that way. */
export function joined(one: State | null, other: State | null): State | null {
  if (one === null || one === other) return other;
  if (other === null) return one;
  const left = [...other.held];
  const held: Held[] = [];
  for (const lock of one.held) {
    const at = left.findIndex((also) => isSame(lock, also));
    const also = left[at];
    if (also === undefined) continue;
    left.splice(at, 1);
    held.push(lock.when === null ? also : lock);
  }
  const released = [...stillReleased(one, other), ...stillReleased(other, one)].filter(
    (lock, at, all) => all.findIndex((also) => isAlike(also, lock)) === at,
  );
  return {
    held: held.length === one.held.length && held.every((lock, at) => lock === one.held[at]) ? one.held : held,
    released: released.length === one.released.length ? one.released : released,
    isCut: one.isCut && other.isCut,
    sleptAt: one.sleptAt >= 0 && other.sleptAt >= 0 ? one.sleptAt : -1,
    guards: one.guards === other.guards ? one.guards : one.guards.filter((guard) => other.guards.includes(guard)),
  };
}

/** Scopes of allocations: what says unlock gives none of them back. */
const SCOPES: ReadonlySet<LockFamily> = new Set<LockFamily>(["nofs", "noio", "noreclaim", "pin", "handle"]);

export const isScope = (family: LockFamily): boolean => SCOPES.has(family);

/** Whoever opens it has to keep what ends it: a transaction keeps that itself. */
export const isKeptScope = (family: LockFamily): boolean => family !== "handle" && isScope(family);

/** Locks at once that are told apart. */
const MOST_HELD = 24;

/** With this taken. */
export const taking = (state: State, held: Held): State => ({
  ...state,
  held: [...(state.held.length < MOST_HELD ? state.held : state.held.slice(1)), held],
});

/** What is left of a lock that turned interrupts off when `spin_unlock()` gives back the lock alone. */
function restOf(held: Held): Held | null {
  const suffix = /_(bh|irq|irqsave)$/.exec(held.context)?.[1];
  if (suffix === undefined || held.block !== 0) return null;
  return suffix === "bh"
    ? { ...held, family: "bh", context: "local_bh_disable", lock: null }
    : { ...held, family: "irqs", context: "local_irq_save", lock: null };
}

/** The words of a lock that tell it from others: `lock` of `&dev->lock`. */
export const lockField = (lock: string): string => /(\w+)\W*$/.exec(lock)?.[1] ?? lock;

/** The same with the name before it, of which `lock` alone says little: `hdev->lock`. */
export const lockPath = (lock: string): string => /(?:\w+\W+)?\w+\W*$/.exec(lock)?.[0].replace(/\W+$/, "") ?? lock;

/**
 * With this given back: the last that was taken by the same name, else the last of the family. Where there is none it
 * was the caller's.
 */
export function giving(state: State, released: Released): State {
  const { held } = state;
  const isOfFamily = ({ family, block }: Held): boolean =>
    block === 0 && (family === released.family || (released.family === "any" && !isScope(family)));
  if (released.family === "any")
    return withReleased(
      state,
      held.filter((one) => !isOfFamily(one)),
      released,
    );
  let at = held.findLastIndex((one) => isOfFamily(one) && one.lock === released.lock);
  if (at === -1) at = held.findLastIndex(isOfFamily);
  const found = held[at];
  if (found === undefined) return givingIrqs(state, released);
  const rest = released.turnsOn === null ? restOf(found) : null;
  const left = { ...state, held: [...held.slice(0, at), ...(rest === null ? [] : [rest]), ...held.slice(at + 1)] };
  // `local_irq_save(); spin_lock(); spin_unlock_irqrestore()`
  const apart = { family: released.turnsOn ?? "any", lock: null, turnsOn: null } as const;
  const isApart =
    released.turnsOn !== null && restOf(found) === null && left.held.some(({ family }) => family === apart.family);
  return isApart ? giving(left, apart) : left;
}

/** What the caller had is given back once. */
function withReleased(state: State, held: readonly Held[], released: Released): State {
  const isKnown = state.released.some(({ family, lock }) => family === released.family && lock === released.lock);
  const isFull = state.released.length >= MOST_HELD;
  return { ...state, held, released: isKnown || isFull ? state.released : [...state.released, released] };
}

/** `local_irq_restore()` also ends what `spin_lock_irqsave()` turned off. */
function givingIrqs(state: State, released: Released): State {
  const { held } = state;
  const suffix = released.family === "irqs" ? /_irq(save)?$/ : released.family === "bh" ? /_bh$/ : null;
  const at = suffix === null ? -1 : held.findLastIndex(({ context, block }) => block === 0 && suffix.test(context));
  const found = held[at];
  if (found === undefined || suffix === null) return withReleased(state, held, released);
  const bare = { ...found, context: found.context.replace(suffix, "") };
  return { ...state, held: [...held.slice(0, at), bare, ...held.slice(at + 1)] };
}
