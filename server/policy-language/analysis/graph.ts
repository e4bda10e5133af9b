import type { Binding, Environment, Revision } from "./environment.ts";

/**
 * How declarations of one kind lean on each other: aliases on aliases, contexts on contexts, requests on the ones that
 * they are `like`. Answers are kept by revision. Nothing here recurses: a chain may be 100,000 declarations long.
 */
export interface Graph {
  /** The declarations that one leans on directly, each once. */
  readonly usesOf: (environment: Environment, binding: Binding) => readonly Binding[];
  /** The cycle that it stands in: the same object for all of its members; null when it stands in none. */
  readonly cycleOf: (environment: Environment, binding: Binding) => Cycle | null;
  /** Visits all that it leans on and then itself, each after what it leans on; what is done already is left out. */
  readonly inOrder: (
    environment: Environment,
    binding: Binding,
    isDone: (binding: Binding) => boolean,
    visit: (binding: Binding, cyclic: boolean) => void,
  ) => void;
}

/** Declarations that lead back to each other. */
export interface Cycle {
  readonly members: readonly Binding[];
}

/**
 * Of the others in the cycle of a declaration, the first few, as it leads to them, whichever of them was asked about
 * first: a cycle may have 100,000 members.
 */
export function othersIn(
  graph: Graph,
  environment: Environment,
  cycle: Cycle,
  binding: Binding,
  most: number,
): readonly Binding[] {
  const met = new Set([binding.revision]);
  const found = [binding];
  for (let i = 0; i < found.length && found.length <= most; i++) {
    const member = found[i];
    for (const used of member === undefined ? [] : graph.usesOf(environment, member)) {
      if (met.has(used.revision) || graph.cycleOf(environment, used) !== cycle) continue;
      met.add(used.revision);
      found.push(used);
    }
  }
  return found.slice(1, most + 1);
}

/** `collect` names the uses of a declaration; it may name one twice. */
export function graphOf(collect: (environment: Environment, binding: Binding) => readonly Binding[]): Graph {
  const uses = new WeakMap<Revision, readonly Binding[]>();
  const cycles = new WeakMap<Revision, Cycle | null>();

  const usesOf = (environment: Environment, binding: Binding): readonly Binding[] => {
    const known = uses.get(binding.revision);
    if (known !== undefined) return known;
    const distinct = new Map<Revision, Binding>();
    for (const used of collect(environment, binding)) distinct.set(used.revision, used);
    const found = [...distinct.values()];
    uses.set(binding.revision, found);
    return found;
  };

  const cycleOf = (environment: Environment, binding: Binding): Cycle | null => {
    if (!cycles.has(binding.revision)) findCycles(environment, binding, usesOf, cycles);
    return cycles.get(binding.revision) ?? null;
  };

  const inOrder: Graph["inOrder"] = (environment, binding, isDone, visit) => {
    const stack = [binding];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (isDone(top)) {
        stack.pop();
        continue;
      }
      const cyclic = cycleOf(environment, top) !== null;
      const waiting = cyclic ? [] : usesOf(environment, top).filter((used) => !isDone(used));
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      visit(top, cyclic);
      stack.pop();
      // A visit that leaves its declaration undone must not be asked for again and again.
      if (!isDone(top)) return;
    }
  };

  return { usesOf, cycleOf, inOrder };
}

interface Visit {
  readonly binding: Binding;
  readonly uses: readonly Binding[];
  readonly number: number;
  lowest: number;
  next: number;
  open: boolean;
}

/**
 * Tarjan's strongly connected components, from one declaration on. A component of one is a cycle when it uses itself.
 */
function findCycles(
  environment: Environment,
  root: Binding,
  usesOf: Graph["usesOf"],
  cycles: WeakMap<Revision, Cycle | null>,
): void {
  const visits = new Map<Revision, Visit>();
  const path: Visit[] = [];
  const open: Visit[] = [];
  const enter = (binding: Binding): void => {
    const visit: Visit = {
      binding,
      uses: usesOf(environment, binding),
      number: visits.size,
      lowest: visits.size,
      next: 0,
      open: true,
    };
    visits.set(binding.revision, visit);
    path.push(visit);
    open.push(visit);
  };
  enter(root);
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const used = visit.uses[visit.next];
    if (used !== undefined) {
      visit.next++;
      const seen = visits.get(used.revision);
      if (seen === undefined && !cycles.has(used.revision)) enter(used);
      else if (seen?.open === true) visit.lowest = Math.min(visit.lowest, seen.number);
      continue;
    }
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) parent.lowest = Math.min(parent.lowest, visit.lowest);
    if (visit.lowest !== visit.number) continue;
    const members: Visit[] = [];
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      member.open = false;
      members.push(member);
      if (member === visit) break;
    }
    const { binding } = visit;
    const cyclic = members.length > 1 || visit.uses.some((other) => other.revision === binding.revision);
    const cycle = cyclic ? { members: members.map((member) => member.binding).reverse() } : null;
    for (const member of members) cycles.set(member.binding.revision, cycle);
  }
}
