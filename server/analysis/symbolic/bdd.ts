/**
 * Reduced ordered binary decision diagrams: an exact normal form of boolean functions, so that "is it satisfiable", "are
 * they equal" and "does this imply that" are answered over all assignments at once, without trying any.
 *
 * A function is a node number of one `Bdd`; equal functions have equal numbers. The variables of a policy question
 * (mask bits, thresholds of a size, bits of a context) number below a hundred, and the predicates of the language are
 * conjunctions and disjunctions of few of them: the diagrams stay small, and nothing here tries to be a general library.
 */

/** A boolean function, as a node of the `Bdd` that made it. */
export type Node = number & { readonly __bdd: never };

function node(index: number): Node {
  return index as Node;
}

export const FALSE: Node = node(0);
export const TRUE: Node = node(1);

/** Variables with only one value, as bits by level. */
export interface Fixed {
  readonly ones: number;
  readonly zeros: number;
}

const ALL_FIXED: Fixed = { ones: 0xffffffff, zeros: 0xffffffff };
const NONE_FIXED: Fixed = { ones: 0, zeros: 0 };

type Operation = "and" | "or" | "xor";

/** Pairs of node numbers are cached under one number; node numbers stay below this. */
const NODE_LIMIT = 2 ** 26;

/** A partial assignment of the variables, by level: true, false, or left open. */
export type Assignment = ReadonlyMap<number, boolean>;

export class Bdd {
  readonly #level: number[] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  readonly #low: Node[] = [FALSE, TRUE];
  readonly #high: Node[] = [FALSE, TRUE];
  /** For each level, the nodes there by their two branches. */
  readonly #unique: Map<number, Node>[] = [];
  readonly #results: Record<Operation, Map<number, Node>> = { and: new Map(), or: new Map(), xor: new Map() };

  /** How many nodes were made: a measure of the work done. */
  get size(): number {
    return this.#level.length;
  }

  /** The function that is the variable at this level. Lower levels are decided first. */
  variable(level: number): Node {
    return this.#make(level, FALSE, TRUE);
  }

  not(a: Node): Node {
    return this.#apply("xor", a, TRUE);
  }

  and(...operands: readonly Node[]): Node {
    return operands.reduce((a, b) => this.#apply("and", a, b), TRUE);
  }

  or(...operands: readonly Node[]): Node {
    return operands.reduce((a, b) => this.#apply("or", a, b), FALSE);
  }

  xor(a: Node, b: Node): Node {
    return this.#apply("xor", a, b);
  }

  /** `a` and not `b`. */
  without(a: Node, b: Node): Node {
    return this.and(a, this.not(b));
  }

  implies(a: Node, b: Node): boolean {
    return this.without(a, b) === FALSE;
  }

  /** The function for one value of the variable at `level`. */
  restrict(a: Node, level: number, value: boolean): Node {
    const known = new Map<Node, Node>();
    const walk = (n: Node): Node => {
      const at = this.#levelOf(n);
      if (at > level) return n;
      if (at === level) return value ? this.#highOf(n) : this.#lowOf(n);
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const result = this.#make(at, walk(this.#lowOf(n)), walk(this.#highOf(n)));
      known.set(n, result);
      return result;
    };
    return walk(a);
  }

  /** There is a value of the variables at these levels that makes it true. */
  exists(a: Node, levels: readonly number[]): Node {
    return levels.reduce<Node>((f, level) => this.or(this.restrict(f, level, false), this.restrict(f, level, true)), a);
  }

  /**
   * The variables below level 32 that have the same value in every assignment that makes it true, as bits: those that are
   * always true, and those that are always false. All of both for FALSE, which nothing makes true.
   */
  fixed(a: Node): Fixed {
    const known = new Map<Node, Fixed>();
    const walk = (n: Node): Fixed => {
      if (n === FALSE) return ALL_FIXED;
      if (n === TRUE) return NONE_FIXED;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const level = this.#levelOf(n);
      const [low, high] = [walk(this.#lowOf(n)), walk(this.#highOf(n))];
      const bit = level < 32 ? (1 << level) >>> 0 : 0;
      // A branch that nothing satisfies says nothing against the other; what neither branch asks is free in both.
      const result = {
        ones: (low.ones & (high.ones | bit)) >>> 0,
        zeros: ((low.zeros | bit) & high.zeros) >>> 0,
      };
      known.set(n, result);
      return result;
    };
    return walk(a);
  }

  /** How many assignments of the variables at `levels` (ascending, all that `a` depends on) make it true. Exact to 2^53. */
  count(a: Node, levels: readonly number[]): number {
    const place = new Map(levels.map((level, index) => [level, index]));
    const known = new Map<Node, number>();
    const placeOf = (n: Node): number => {
      if (n === TRUE || n === FALSE) return levels.length;
      const at = place.get(this.#levelOf(n));
      if (at === undefined) throw new Error(`the function depends on level ${this.#levelOf(n)}, which is not counted`);
      return at;
    };
    const below = (n: Node): number => {
      if (n === FALSE) return 0;
      if (n === TRUE) return 1;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const at = placeOf(n);
      const branch = (b: Node): number => below(b) * 2 ** (placeOf(b) - at - 1);
      const result = branch(this.#lowOf(n)) + branch(this.#highOf(n));
      known.set(n, result);
      return result;
    };
    return below(a) * 2 ** placeOf(a);
  }

  /**
   * The satisfying assignment of least cost, or null when there is none. `cost(level)` is what a true variable costs (not
   * negative); false ones and those that do not matter cost nothing, and the latter are left out of the answer.
   */
  cheapest(a: Node, cost: (level: number) => number): { readonly assignment: Assignment; readonly cost: number } | null {
    if (a === FALSE) return null;
    const known = new Map<Node, number>();
    const costOf = (n: Node): number => {
      if (n === FALSE) return Number.POSITIVE_INFINITY;
      if (n === TRUE) return 0;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const result = Math.min(costOf(this.#lowOf(n)), cost(this.#levelOf(n)) + costOf(this.#highOf(n)));
      known.set(n, result);
      return result;
    };
    const total = costOf(a);
    const assignment = new Map<number, boolean>();
    for (let n = a; n !== TRUE; ) {
      const level = this.#levelOf(n);
      const low = this.#lowOf(n);
      const takeHigh = costOf(low) > cost(level) + costOf(this.#highOf(n));
      assignment.set(level, takeHigh);
      n = takeHigh ? this.#highOf(n) : low;
    }
    return { assignment, cost: total };
  }

  /** The value of the function where exactly the variables for which `isTrue` answers are true. */
  evaluate(a: Node, isTrue: (level: number) => boolean): boolean {
    let n = a;
    while (n !== TRUE && n !== FALSE) n = isTrue(this.#levelOf(n)) ? this.#highOf(n) : this.#lowOf(n);
    return n === TRUE;
  }

  /** The levels of the variables that the function depends on, ascending. */
  support(a: Node): readonly number[] {
    const levels = new Set<number>();
    const seen = new Set<Node>();
    const walk = (n: Node): void => {
      if (n === TRUE || n === FALSE || seen.has(n)) return;
      seen.add(n);
      levels.add(this.#levelOf(n));
      walk(this.#lowOf(n));
      walk(this.#highOf(n));
    };
    walk(a);
    return [...levels].sort((x, y) => x - y);
  }

  #levelOf(n: Node): number {
    return this.#level[n] ?? Number.MAX_SAFE_INTEGER;
  }

  #lowOf(n: Node): Node {
    return this.#low[n] ?? FALSE;
  }

  #highOf(n: Node): Node {
    return this.#high[n] ?? FALSE;
  }

  #make(level: number, low: Node, high: Node): Node {
    if (low === high) return low;
    let table = this.#unique[level];
    if (table === undefined) {
      table = new Map();
      this.#unique[level] = table;
    }
    const key = low * NODE_LIMIT + high;
    const known = table.get(key);
    if (known !== undefined) return known;
    const made = node(this.#level.length);
    if (made >= NODE_LIMIT) throw new RangeError("the question needs more decision nodes than there is room for");
    this.#level.push(level);
    this.#low.push(low);
    this.#high.push(high);
    table.set(key, made);
    return made;
  }

  #apply(operation: Operation, a: Node, b: Node): Node {
    const simple = simplify(operation, a, b);
    if (simple !== null) return simple;
    if (operation === "xor" && (a === TRUE || b === TRUE)) return this.#negate(a === TRUE ? b : a);
    const key = a < b ? a * NODE_LIMIT + b : b * NODE_LIMIT + a;
    const results = this.#results[operation];
    const known = results.get(key);
    if (known !== undefined) return known;
    const levelA = this.#levelOf(a);
    const levelB = this.#levelOf(b);
    const level = Math.min(levelA, levelB);
    const result = this.#make(
      level,
      this.#apply(operation, levelA === level ? this.#lowOf(a) : a, levelB === level ? this.#lowOf(b) : b),
      this.#apply(operation, levelA === level ? this.#highOf(a) : a, levelB === level ? this.#highOf(b) : b),
    );
    results.set(key, result);
    return result;
  }

  readonly #negations = new Map<Node, Node>();

  #negate(a: Node): Node {
    if (a === TRUE) return FALSE;
    if (a === FALSE) return TRUE;
    const known = this.#negations.get(a);
    if (known !== undefined) return known;
    const result = this.#make(this.#levelOf(a), this.#negate(this.#lowOf(a)), this.#negate(this.#highOf(a)));
    this.#negations.set(a, result);
    this.#negations.set(result, a);
    return result;
  }
}

/** The answer where one operand decides it; null otherwise. */
function simplify(operation: Operation, a: Node, b: Node): Node | null {
  switch (operation) {
    case "and":
      if (a === FALSE || b === FALSE) return FALSE;
      if (a === TRUE || a === b) return b;
      return b === TRUE ? a : null;
    case "or":
      if (a === TRUE || b === TRUE) return TRUE;
      if (a === FALSE || a === b) return b;
      return b === FALSE ? a : null;
    case "xor":
      if (a === b) return FALSE;
      if (a === FALSE) return b;
      return b === FALSE ? a : null;
  }
}
