import { kept } from "../../model/kept.ts";
import { weaker, type Bindings, type Fact, type OwnFact } from "../evidence.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import { guardHolds, isOpenGuard } from "../functions/guards.ts";
import { isScope, lockField, type Held, type Released, type State } from "../functions/state.ts";
import { BY_CONVENTION } from "../tables/locks.ts";

const isMore = ({ context }: Held): boolean => context.length > 0;

type Named = Pick<FunctionRead, "name" | "gives">;

function textOf({ name }: Named, { by, lock, through, when }: Held): string {
  const where = `in ${name}()${when === null ? "" : ` if ${when.isNegated ? `!(${when.text})` : when.text}`}`;
  if (through !== null) return `${by}() ${where} takes ${through}`;
  return lock === null ? `${by}() ${where}` : `${by}(${lock}) ${where}`;
}

/** What a lock of a function is for those that it calls. */
function factOf(read: Named, held: Held): OwnFact {
  return {
    context: held.context,
    family: held.family,
    lock: held.lock,
    isLoose:
      BY_CONVENTION.has(held.family) ||
      (held.block === 0 && !read.gives.some((family) => family === held.family || family === "any")),
    sure: held.when === null ? held.sure : weaker(held.sure, "likely"),
    taken: { start: held.at, end: held.at + held.by.length, text: textOf(read, held) },
  };
}

export const NO_FACTS: readonly OwnFact[] = [];

const known = kept<readonly Held[], readonly OwnFact[]>();

/** What a function holds itself in a state: the same list for as long as its text is the same. */
export function ownFacts(read: Named, { held }: State): readonly OwnFact[] {
  if (held.length === 0) return NO_FACTS;
  const before = known.get(held);
  if (before !== undefined) return before;
  const facts = held.filter(isMore).map((one) => factOf(read, one));
  known.set(held, facts);
  return facts;
}

/** In these a task may sleep, but not wait for reclaim of every kind. */
const OF_TASKS: ReadonlySet<string> = new Set(["fs_lock", "io_lock", "dma_fence_signalling"]);

/** What of a caller still holds where the code gave some of it back. */
export function factsLeft(facts: readonly Fact[], state: State): readonly Fact[] {
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

/** What is in force in a state of a function that is reached with these facts: what is left of them, and its own. */
export function factsAt(read: Named, state: State, reachedWith: readonly Fact[]): readonly Fact[] {
  return both(factsLeft(reachedWith, state), ownFacts(read, state));
}

/** What is brought, and what is added to it. */
export const both = (brought: readonly Fact[], own: readonly Fact[]): readonly Fact[] =>
  brought.length === 0 ? own : own.length === 0 ? brought : [...brought, ...own];

/** A way with these values of parameters can lead to this state: no test of a parameter stands against it. */
export const canReach = ({ guards }: State, bindings: Bindings): boolean =>
  !guards.some((guard) => guardHolds(guard, bindings) === false || isOpenGuard(guard, bindings));

/** What conditions are where what was taken under them is in force: `true` or `false`, by their text. */
export function conditionsOf({ held }: State): Bindings {
  const asked = held.flatMap(({ when }) => when ?? []);
  return asked.length === 0 ? NO_BINDINGS : Object.fromEntries(asked.map((one) => [one.text, String(!one.isNegated)]));
}

/** Of parameters of which nothing is known. */
export const NO_BINDINGS: Bindings = {};
