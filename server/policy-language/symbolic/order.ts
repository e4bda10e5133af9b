/**
 * In which order a decision diagram asks its variables. What stands together in a test must be asked together: between
 * the two, the diagram remembers for every combination of open variables what they were.
 */

/** Variables that one test speaks of together, such as a flag and the context in which it is forbidden. */
export type Entwined = readonly number[];

/** A test of more variables than this is a list of flags that go on beside each other, and binds nothing together. */
const MOST_TOGETHER = 12;
/** So many variables may be open at once, and the natural order stays: then equal policies share their diagrams. */
const MOST_OPEN = 8;

/**
 * The order of `variables`: the one that is given as long as it is good enough, else one in which few are open at once.
 * Equal arguments give the same order.
 */
export function orderOf(variables: readonly number[], tests: readonly Entwined[]): readonly number[] {
  // No more can be open than tests could hold open.
  const most = tests.reduce((sum, { length }) => sum + (length > MOST_TOGETHER ? 0 : Math.max(0, length - 1)), 0);
  if (most <= MOST_OPEN) return variables;
  const neighbours = neighboursOf(variables, tests);
  if (mostOpen(variables, neighbours) <= MOST_OPEN) return variables;
  const better = greedyOrder(variables, neighbours);
  return mostOpen(better, neighbours) < mostOpen(variables, neighbours) ? better : variables;
}

type Neighbours = ReadonlyMap<number, ReadonlySet<number>>;

function neighboursOf(variables: readonly number[], tests: readonly Entwined[]): Neighbours {
  const neighbours = new Map(variables.map((variable) => [variable, new Set<number>()]));
  for (const test of tests) {
    const together = test.filter((variable) => neighbours.has(variable));
    if (together.length > MOST_TOGETHER) continue;
    for (const one of together) for (const other of together) if (one !== other) neighbours.get(one)?.add(other);
  }
  return neighbours;
}

/** How many variables are open at once, at most: asked already, and in a test with one that is not. */
function mostOpen(order: readonly number[], neighbours: Neighbours): number {
  const asked = new Set<number>();
  let most = 0;
  for (const variable of order) {
    asked.add(variable);
    most = Math.max(most, openIn(asked, neighbours));
  }
  return most;
}

function openIn(asked: ReadonlySet<number>, neighbours: Neighbours): number {
  let open = 0;
  for (const variable of asked) {
    for (const other of neighbours.get(variable) ?? []) {
      if (asked.has(other)) continue;
      open += 1;
      break;
    }
  }
  return open;
}

/** Asks next what leaves the fewest open; of several the first. */
function greedyOrder(variables: readonly number[], neighbours: Neighbours): readonly number[] {
  const asked = new Set<number>();
  const rest = new Set(variables);
  while (rest.size > 0) {
    let best: { readonly variable: number; readonly open: number } | null = null;
    for (const variable of rest) {
      asked.add(variable);
      const open = openIn(asked, neighbours);
      asked.delete(variable);
      if (best === null || open < best.open) best = { variable, open };
    }
    if (best === null) break;
    rest.delete(best.variable);
    asked.add(best.variable);
  }
  return [...asked];
}
