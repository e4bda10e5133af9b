/**
 * Reduced ordered binary decision diagrams: an exact normal form of boolean functions, so that "is it satisfiable",
 * "are they equal" and "does this imply that" are answered over all assignments at once, without trying any.
 *
 * A function is a node number of one `Bdd`; equal functions have equal numbers. The variables of a policy question
 * (mask bits, thresholds of a size, bits of a context) number below a hundred, and the predicates of the language are
 * conjunctions and disjunctions of few of them: the diagrams stay small, and nothing here tries to be a general
 * library.
 */

/** A boolean function, as a node of the `Bdd` that made it. */
export type Node = number & { readonly __bdd: never };

function node(index: number): Node {
  return index as Node;
}

export const FALSE: Node = node(0);
export const TRUE: Node = node(1);

/** Variables with only one value, as the bits that stand for them. */
export interface Fixed {
  readonly ones: number;
  readonly zeros: number;
}

const ALL_FIXED: Fixed = { ones: 0xffffffff, zeros: 0xffffffff };
const NONE_FIXED: Fixed = { ones: 0, zeros: 0 };

/** A question is more work than it may be. */
export class TooMuchWork extends Error {
  constructor() {
    super("the question needs more decision nodes than there is room for");
  }
}

/** How much work a question may be: in nodes of decision diagrams, and what else is worth as many. */
export class Allowance {
  #left: number;

  constructor(nodes: number) {
    this.#left = nodes;
  }

  /** @throws TooMuchWork when so much is no longer left; nothing is given back */
  spend(nodes: number): void {
    this.#left -= nodes;
    if (this.#left < 0) throw new TooMuchWork();
  }
}

type Operation = "and" | "or" | "xor";

/** Constants stand below all variables. */
const CONSTANT_LEVEL = 0x7fffffff;
const FIRST_CAPACITY = 2 ** 7;
/** Results that are remembered, at most, for each operation: one that is forgotten is computed again. */
const MOST_RESULTS = 2 ** 17;

/** A partial assignment of the variables, by level: true, false, or left open. */
export type Assignment = ReadonlyMap<number, boolean>;

/** What an assignment costs: the second decides between equal costs. */
interface Price {
  readonly cost: number;
  readonly tie: number;
}

const FREE: Price = { cost: 0, tie: 0 };
const NEVER: Price = { cost: Number.POSITIVE_INFINITY, tie: 0 };

function isDearer(a: Price, b: Price): boolean {
  return a.cost > b.cost || (a.cost === b.cost && a.tie > b.tie);
}

/** What true variables cost, by level, and which must be true. */
export interface Prices {
  readonly cost: (level: number) => number;
  readonly tie: (level: number) => number;
  readonly isSet: (level: number) => boolean;
}

/** How long `meet` looks for an assignment, in variables tried. */
const MOST_STEPS = 300;

/** Spreads three numbers over 32 bits. */
function hash(a: number, b: number, c: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}

/** What an operation gave for two nodes: each slot holds the last pair that fell on it, as three numbers. */
class Results {
  #revisions = new Int32Array(3 * FIRST_CAPACITY);

  /** The result, or null where it is not known (any more). */
  get(a: Node, b: Node): Node | null {
    const at = this.#slotOf(a, b);
    return this.#revisions[at] === a && this.#revisions[at + 1] === b ? node(this.#revisions[at + 2] ?? 0) : null;
  }

  set(a: Node, b: Node, result: Node): void {
    const at = this.#slotOf(a, b);
    this.#revisions[at] = a;
    this.#revisions[at + 1] = b;
    this.#revisions[at + 2] = result;
  }

  /** Room for as many results as there are nodes; what was known is placed anew. */
  grow(nodes: number): void {
    const wanted = Math.min(nodes, MOST_RESULTS);
    const old = this.#revisions;
    if (old.length >= 3 * wanted) return;
    this.#revisions = new Int32Array(3 * wanted);
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] !== 0) this.set(node(old[at] ?? 0), node(old[at + 1] ?? 0), node(old[at + 2] ?? 0));
    }
  }

  #slotOf(a: Node, b: Node): number {
    return 3 * (hash(a, b, 0) & (this.#revisions.length / 3 - 1));
  }
}

export class Bdd {
  readonly #allowance: Allowance;
  // Node n is (#level[n], #low[n], #high[n]); plain arrays of numbers, for this is where all the time goes.
  #level = new Int32Array(FIRST_CAPACITY).fill(CONSTANT_LEVEL, 0, 2);
  #low = new Int32Array(FIRST_CAPACITY);
  #high = new Int32Array(FIRST_CAPACITY);
  /** The negation of each node where it was asked for, otherwise 0. */
  #negation = new Int32Array(FIRST_CAPACITY);
  #size = 2;
  /** Nodes by what they are made of; open addressing, 0 is an empty place. */
  #unique = new Int32Array(2 * FIRST_CAPACITY);
  readonly #results: Readonly<Record<Operation, Results>> = {
    and: new Results(),
    or: new Results(),
    xor: new Results(),
  };

  /** @param allowance what new nodes are taken from; an operation that needs more throws `TooMuchWork` */
  constructor(allowance: Allowance = new Allowance(Number.POSITIVE_INFINITY)) {
    this.#allowance = allowance;
  }

  /** How many nodes were made: a measure of the work done. */
  get size(): number {
    return this.#size;
  }

  /** The function that is the variable at this level. Lower levels are decided first. */
  variable(level: number): Node {
    return this.#make(level, FALSE, TRUE);
  }

  not(a: Node): Node {
    return this.#negate(a);
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

  /**
   * Some assignment makes all of them true: `and(...operands) !== FALSE`, mostly without making that function. It looks
   * for such an assignment variable by variable; where that takes too long, there is likely none, and the function is
   * made.
   */
  meet(...operands: readonly Node[]): boolean {
    let steps = 0;
    const search = (nodes: readonly Node[]): boolean | null => {
      if (nodes.includes(FALSE)) return false;
      const open = nodes.filter((n) => n !== TRUE);
      if (open.length < 2) return true;
      if (++steps > MOST_STEPS) return null;
      const level = open.reduce((least, n) => Math.min(least, this.#levelOf(n)), CONSTANT_LEVEL);
      const low = search(open.map((n) => (this.#levelOf(n) === level ? this.#lowOf(n) : n)));
      return low === false ? search(open.map((n) => (this.#levelOf(n) === level ? this.#highOf(n) : n))) : low;
    };
    return search(operands) ?? this.and(...operands) !== FALSE;
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

  /** The function of the other variables where these have the values that are given; null leaves one open. */
  given(a: Node, valueFor: (level: number) => boolean | null): Node {
    const known = new Map<Node, Node>();
    const walk = (n: Node): Node => {
      if (n === TRUE || n === FALSE) return n;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const level = this.#levelOf(n);
      const value = valueFor(level);
      const result =
        value === null
          ? this.#make(level, walk(this.#lowOf(n)), walk(this.#highOf(n)))
          : walk(value ? this.#highOf(n) : this.#lowOf(n));
      known.set(n, result);
      return result;
    };
    return walk(a);
  }

  /** There is a value of the variables at these levels that makes it true. */
  exists(a: Node, levels: readonly number[]): Node {
    const gone = new Set(levels);
    return this.#project(a, (level) => !gone.has(level), new Map());
  }

  /** The same for the variables at all other levels: what it says of the variables at `levels` alone. */
  projectedOn(a: Node, levels: readonly number[]): Node {
    const kept = new Set(levels);
    return this.#project(a, (level) => kept.has(level), new Map());
  }

  #project(a: Node, isKept: (level: number) => boolean, known: Map<Node, Node>): Node {
    if (a === TRUE || a === FALSE) return a;
    const seen = known.get(a);
    if (seen !== undefined) return seen;
    const level = this.#levelOf(a);
    const low = this.#project(this.#lowOf(a), isKept, known);
    // Nothing is added to what is true already.
    const high = low === TRUE && !isKept(level) ? TRUE : this.#project(this.#highOf(a), isKept, known);
    const result = isKept(level) ? this.#make(level, low, high) : this.#apply("or", low, high);
    known.set(a, result);
    return result;
  }

  /**
   * The variables that have the same value in every assignment that makes it true, as bits: those that are always true,
   * and those that are always false. All of both for FALSE, which nothing makes true.
   * @param bitOf the bit that stands for a level; 0 for one that is not asked about
   */
  fixed(a: Node, bitOf: (level: number) => number): Fixed {
    const known = new Map<Node, Fixed>();
    const walk = (n: Node): Fixed => {
      if (n === FALSE) return ALL_FIXED;
      if (n === TRUE) return NONE_FIXED;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const level = this.#levelOf(n);
      const [low, high] = [walk(this.#lowOf(n)), walk(this.#highOf(n))];
      const bit = bitOf(level);
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

  /**
   * How many assignments of the variables at `levels` (ascending, all that `a` depends on) make it true. Exact to 2^53.
   */
  count(a: Node, levels: readonly number[]): number {
    const span = new Map(levels.map((level, index) => [level, index]));
    const known = new Map<Node, number>();
    const spanOf = (n: Node): number => {
      if (n === TRUE || n === FALSE) return levels.length;
      const at = span.get(this.#levelOf(n));
      if (at === undefined) throw new Error(`the function depends on level ${this.#levelOf(n)}, which is not counted`);
      return at;
    };
    const below = (n: Node): number => {
      if (n === FALSE) return 0;
      if (n === TRUE) return 1;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const at = spanOf(n);
      const branch = (b: Node): number => below(b) * 2 ** (spanOf(b) - at - 1);
      const result = branch(this.#lowOf(n)) + branch(this.#highOf(n));
      known.set(n, result);
      return result;
    };
    return below(a) * 2 ** spanOf(a);
  }

  /**
   * The satisfying assignment of least cost, or null when there is none; of several with the same cost the one of least
   * `tie`. Costs and ties of a true variable are not negative and add up; false variables and those that do not matter
   * cost nothing, and the latter are left out of the answer. Variables for which `isSet` answers are true.
   */
  cheapest(
    a: Node,
    { cost, tie, isSet }: Prices,
  ): { readonly assignment: Assignment; readonly cost: number; readonly tie: number } | null {
    const known = new Map<Node, Price>();
    const highPrice = (n: Node): Price => {
      const level = this.#levelOf(n);
      const above = priceOf(this.#highOf(n));
      return { cost: above.cost + cost(level), tie: above.tie + tie(level) };
    };
    const priceOf = (n: Node): Price => {
      if (n === FALSE) return NEVER;
      if (n === TRUE) return FREE;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const high = highPrice(n);
      const low = isSet(this.#levelOf(n)) ? NEVER : priceOf(this.#lowOf(n));
      const result = isDearer(low, high) ? high : low;
      known.set(n, result);
      return result;
    };
    const total = priceOf(a);
    if (total.cost === Number.POSITIVE_INFINITY) return null;
    const assignment = new Map<number, boolean>();
    for (let n = a; n !== TRUE; ) {
      const level = this.#levelOf(n);
      const takeHigh = isSet(level) || isDearer(priceOf(this.#lowOf(n)), highPrice(n));
      assignment.set(level, takeHigh);
      n = takeHigh ? this.#highOf(n) : this.#lowOf(n);
    }
    return { assignment, ...total };
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
    return this.#level[n] ?? CONSTANT_LEVEL;
  }

  #lowOf(n: Node): Node {
    return node(this.#low[n] ?? 0);
  }

  #highOf(n: Node): Node {
    return node(this.#high[n] ?? 0);
  }

  /** The node with these branches: a new one only where there is none yet. */
  #make(level: number, low: Node, high: Node): Node {
    if (low === high) return low;
    const places = this.#unique.length - 1;
    let at = hash(level, low, high) & places;
    for (let known = this.#unique[at] ?? 0; known !== 0; known = this.#unique[at] ?? 0) {
      if (this.#level[known] === level && this.#low[known] === low && this.#high[known] === high) return node(known);
      at = (at + 1) & places;
    }
    if (this.#size === this.#level.length) {
      this.#grow();
      return this.#make(level, low, high);
    }
    this.#allowance.spend(1);
    const made = this.#size++;
    this.#level[made] = level;
    this.#low[made] = low;
    this.#high[made] = high;
    this.#unique[at] = made;
    return node(made);
  }

  #grow(): void {
    const capacity = this.#level.length * 2;
    this.#level = enlarged(this.#level, capacity);
    this.#low = enlarged(this.#low, capacity);
    this.#high = enlarged(this.#high, capacity);
    this.#negation = enlarged(this.#negation, capacity);
    for (const results of Object.values(this.#results)) results.grow(capacity);
    this.#unique = new Int32Array(2 * capacity);
    const places = this.#unique.length - 1;
    for (let n = 2; n < this.#size; n++) {
      let at = hash(this.#level[n] ?? 0, this.#low[n] ?? 0, this.#high[n] ?? 0) & places;
      while (this.#unique[at] !== 0) at = (at + 1) & places;
      this.#unique[at] = n;
    }
  }

  #apply(operation: Operation, a: Node, b: Node): Node {
    const simple = simplify(operation, a, b);
    if (simple !== null) return simple;
    if (operation === "xor" && (a === TRUE || b === TRUE)) return this.#negate(a === TRUE ? b : a);
    // All three operations commute.
    if (a > b) return this.#apply(operation, b, a);
    const results = this.#results[operation];
    const known = results.get(a, b);
    if (known !== null) return known;
    const levelA = this.#levelOf(a);
    const levelB = this.#levelOf(b);
    const level = Math.min(levelA, levelB);
    const result = this.#make(
      level,
      this.#apply(operation, levelA === level ? this.#lowOf(a) : a, levelB === level ? this.#lowOf(b) : b),
      this.#apply(operation, levelA === level ? this.#highOf(a) : a, levelB === level ? this.#highOf(b) : b),
    );
    results.set(a, b, result);
    return result;
  }

  #negate(a: Node): Node {
    if (a === TRUE) return FALSE;
    if (a === FALSE) return TRUE;
    const known = this.#negation[a] ?? 0;
    if (known !== 0) return node(known);
    const result = this.#make(this.#levelOf(a), this.#negate(this.#lowOf(a)), this.#negate(this.#highOf(a)));
    this.#negation[a] = result;
    this.#negation[result] = a;
    return result;
  }
}

function enlarged(numbers: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(numbers);
  return larger;
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
