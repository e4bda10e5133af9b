import { weaker, type Fact, type Inherited } from "./evidence.ts";
import { guardHolds, isOpenGuard } from "./guards.ts";
import type { LinkedFunction } from "./linked.ts";
import { isScope, lockField, type Held, type Released, type State } from "./state.ts";
import { BY_CONVENTION } from "./tables/locks.ts";

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

/** What conditions are where what was taken under them is in force: `true` or `false`, by their text. */
export function conditionsOf({ held }: State): Readonly<Record<string, string>> {
  const asked = held.flatMap(({ when }) => when ?? []);
  return asked.length === 0
    ? NO_CONDITIONS
    : Object.fromEntries(asked.map((one) => [one.text, String(!one.isNegated)]));
}

const NO_CONDITIONS: Readonly<Record<string, string>> = {};
