import { meetingOf } from "./meeting.ts";
import { FALSE, node, TRUE, type Node } from "./node.ts";

/**
 * Reduced ordered binary decision diagrams: an exact normal form of boolean functions, so that "is it satisfiable",
 * "are they equal" and "does this imply that" are answered over all assignments at once, without trying any.
 *
 * A function is a node number of one `Bdd`; equal functions have equal numbers, and a function and its opposite differ
 * in the lowest bit: to negate costs nothing. The variables of a policy question (mask bits, thresholds of a size, bits
 * of a context) number below a hundred, and the predicates of the language are conjunctions and disjunctions of few of
 * them: the diagrams stay small, and nothing here tries to be a general library.
 */

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
  readonly most: number;
  #left: number;

  constructor(nodes: number) {
    this.most = nodes;
    this.#left = nodes;
  }

  /** How much the question was so far. */
  get spent(): number {
    return this.most - this.#left;
  }

  /** @throws TooMuchWork when so much is no longer left; nothing is given back */
  spend(nodes: number): void {
    this.#left -= nodes;
    if (this.#left < 0) throw new TooMuchWork();
  }
}

/** Constants stand below all variables. */
const CONSTANT_LEVEL = 0x7fffffff;
const FIRST_CAPACITY = 2 ** 7;
/** Results that are remembered, at most, for each operation: one that is forgotten is computed again. */
const MOST_RESULTS = 2 ** 17;
/** What it is worth to look at a function for the variables that it speaks of. */
const OPERAND_WORK = 4;
/** Steps of a search for an assignment that are worth a node. */
const STEPS_PER_NODE = 24;
/** So many functions, looked at for what they leave no choice, are worth a node. */
const OPERANDS_PER_NODE = 8;
/** Of so many operands it is worth to find out first which variables they leave no choice. */
const MANY_OPERANDS = 6;

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

/** Spreads three numbers over 32 bits. */
function hash(a: number, b: number, c: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}

/** What an operation gave for two nodes: each slot holds the last pair that fell on it, as three numbers. */
class Results {
  #entries = new Int32Array(3 * FIRST_CAPACITY);

  /** The result, or null where it is not known (any more). */
  get(a: Node, b: Node): Node | null {
    const at = this.#slotOf(a, b);
    return this.#entries[at] === a && this.#entries[at + 1] === b ? node(this.#entries[at + 2] ?? 0) : null;
  }

  set(a: Node, b: Node, result: Node): void {
    const at = this.#slotOf(a, b);
    this.#entries[at] = a;
    this.#entries[at + 1] = b;
    this.#entries[at + 2] = result;
  }

  /** Room for as many results as there are nodes; what was known is placed anew. */
  grow(nodes: number): void {
    const wanted = Math.min(nodes, MOST_RESULTS);
    const old = this.#entries;
    if (old.length >= 3 * wanted) return;
    this.#entries = new Int32Array(3 * wanted);
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] !== 0) this.set(node(old[at] ?? 0), node(old[at + 1] ?? 0), node(old[at + 2] ?? 0));
    }
  }

  #slotOf(a: Node, b: Node): number {
    return 3 * (hash(a, b, 0) & (this.#entries.length / 3 - 1));
  }
}

/** What a node is made of, in this order; branches of its opposite are the opposites of these. */
const LEVEL = 0;
const LOW = 1;
const HIGH = 2;
/** The lowest variable that the function depends on. */
const LOWEST = 3;
const FIELDS = 4;

export class Bdd {
  readonly #allowance: Allowance;
  // One row for each function and its opposite; plain arrays of numbers, for this is where all the time goes.
  #rows = new Int32Array(FIELDS * FIRST_CAPACITY);
  #size = 1;
  /** Rows by what they are made of; open addressing, 0 is an empty place. */
  #unique = new Int32Array(2 * FIRST_CAPACITY);
  readonly #ands = new Results();
  readonly #xors = new Results();
  /** Which functions meet, as `meet` was asked of them, and what `andWithin` gave. */
  readonly #meetings = new Map<string, boolean>();
  readonly #within = new Map<string, Node>();

  /** @param allowance what new nodes are taken from; an operation that needs more throws `TooMuchWork` */
  constructor(allowance: Allowance = new Allowance(Number.POSITIVE_INFINITY)) {
    this.#allowance = allowance;
    this.#rows[LEVEL] = CONSTANT_LEVEL;
    this.#rows[LOWEST] = -1;
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
    return node(a ^ 1);
  }

  and(...operands: readonly Node[]): Node {
    const [first = TRUE, second = TRUE] = operands;
    return operands.length > 2 ? this.#all(operands) : this.#and(first, second);
  }

  or(...operands: readonly Node[]): Node {
    const [first = FALSE, second = FALSE] = operands;
    return this.not(
      operands.length > 2
        ? this.#all(operands.map((operand) => this.not(operand)))
        : this.#and(this.not(first), this.not(second)),
    );
  }

  xor(a: Node, b: Node): Node {
    return this.#xor(a, b);
  }

  /** `a` and not `b`. */
  without(a: Node, b: Node): Node {
    return this.#and(a, this.not(b));
  }

  implies(a: Node, b: Node): boolean {
    return this.without(a, b) === FALSE;
  }

  /**
   * Some assignment makes all of them true: `and(...operands) !== FALSE`, mostly without making that function. It looks
   * for such an assignment; where that takes too long, the function is made.
   */
  meet(...operands: readonly Node[]): boolean {
    const key = operands.join(" ");
    const known = this.#meetings.get(key);
    if (known !== undefined) return known;
    const { meets, steps } = meetingOf(this, operands);
    this.#allowance.spend(steps / STEPS_PER_NODE);
    const made = meets ?? this.projectedOn(operands, []) !== FALSE;
    this.#meetings.set(key, made);
    return made;
  }

  /**
   * The first values of the variables at these levels, which are asked before all others, with which all of the
   * functions can be true, as a function: false comes before true, at the first level first. Some assignment makes all
   * of them true.
   */
  firstOf(levels: readonly number[], operands: readonly Node[]): Node {
    const { meets, steps, ones } = meetingOf(this, operands);
    this.#allowance.spend(steps / STEPS_PER_NODE);
    if (meets !== null) return this.#cubeOf(new Map(levels.map((level) => [level, ones.includes(level)])));
    const values = new Map<number, boolean>();
    let rest = this.projectedOn(operands, levels);
    for (const level of levels) {
      const low = this.levelOf(rest) === level ? this.lowOf(rest) : rest;
      values.set(level, low === FALSE);
      rest = low === FALSE ? this.highOf(rest) : low;
    }
    return this.#cubeOf(values);
  }

  /**
   * `and(within, ...operands)`, where `within` takes little: what the operands are together is not made, only what lies
   * within.
   */
  andWithin(within: Node, operands: readonly Node[]): Node {
    const key = `${within} ${operands.join(" ")}`;
    const known = this.#within.get(key);
    if (known !== undefined) return known;
    this.#allowance.spend(operands.length / OPERANDS_PER_NODE);
    const made = this.#andWithin(within, operands);
    this.#within.set(key, made);
    return made;
  }

  #andWithin(within: Node, operands: readonly Node[]): Node {
    const literals = this.#literalsOf([within, ...operands]);
    if (literals === null) return FALSE;
    const restricted = [within, ...operands].map((n) => this.given(n, (level) => literals.get(level) ?? null));
    const [least = TRUE, ...others] = new Set(restricted);
    others.sort(this.#lowestFirst);
    return this.#and(
      this.#cubeOf(literals),
      others.reduce((a, b) => this.#and(a, b), least),
    );
  }

  /** The function that is `low` where the variable is false, and `high` where it is true; both ask lower ones alone. */
  choice(level: number, low: Node, high: Node): Node {
    return this.#make(level, low, high);
  }

  /**
   * All of them: what they leave no choice is decided first, then functions are brought together two by two, those
   * first that ask the lowest variables. One after the other, each step would make the whole of what is there anew.
   */
  #all(operands: readonly Node[]): Node {
    let open = [...new Set(operands)].filter((n) => n !== TRUE);
    if (open.includes(FALSE)) return FALSE;
    const literals = open.length < MANY_OPERANDS ? new Map<number, boolean>() : this.#literalsOf(open);
    if (literals === null) return FALSE;
    if (literals.size > 0) {
      const restricted = open.map((n) => this.given(n, (level) => literals.get(level) ?? null));
      open = [...new Set([this.#cubeOf(literals), ...restricted])].filter((n) => n !== TRUE);
    }
    open.sort(this.#lowestFirst);
    // As a queue: what was brought together waits behind what was not.
    for (let next = 0; next < open.length - 1; next += 2)
      open.push(this.#and(open[next] ?? TRUE, open[next + 1] ?? TRUE));
    return open.at(-1) ?? TRUE;
  }

  /** Functions in the order in which they are brought together. */
  readonly #lowestFirst = (a: Node, b: Node): number =>
    this.#lowestOf(b) - this.#lowestOf(a) || this.levelOf(b) - this.levelOf(a);

  /** Variables that have one value wherever all of these are true, as far as that shows; null: nowhere are they. */
  #literalsOf(operands: readonly Node[]): ReadonlyMap<number, boolean> | null {
    const literals = new Map<number, boolean>();
    let open = operands;
    for (let before = -1; before < literals.size; ) {
      before = literals.size;
      const rest: Node[] = [];
      for (const operand of open) {
        let n = before === 0 ? operand : this.given(operand, (level) => literals.get(level) ?? null);
        while (n > TRUE) {
          const [low, high] = [this.lowOf(n), this.highOf(n)];
          if (low !== FALSE && high !== FALSE) break;
          const level = this.levelOf(n);
          const value = low === FALSE;
          if ((literals.get(level) ?? value) !== value) return null;
          literals.set(level, value);
          n = value ? high : low;
        }
        if (n === FALSE) return null;
        if (n !== TRUE) rest.push(n);
      }
      open = rest;
    }
    return literals;
  }

  #cubeOf(literals: ReadonlyMap<number, boolean>): Node {
    return [...literals]
      .sort(([a], [b]) => b - a)
      .reduce(
        (below, [level, value]) => (value ? this.#make(level, FALSE, below) : this.#make(level, below, FALSE)),
        TRUE,
      );
  }

  /** The function for one value of the variable at `level`. */
  restrict(a: Node, level: number, value: boolean): Node {
    const known = new Map<Node, Node>();
    const walk = (n: Node): Node => {
      const at = this.levelOf(n);
      if (at > level) return n;
      if (at === level) return value ? this.highOf(n) : this.lowOf(n);
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const result = this.#make(at, walk(this.lowOf(n)), walk(this.highOf(n)));
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
      const level = this.levelOf(n);
      const value = valueFor(level);
      const result =
        value === null
          ? this.#make(level, walk(this.lowOf(n)), walk(this.highOf(n)))
          : walk(value ? this.highOf(n) : this.lowOf(n));
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

  /**
   * What all of them together say of the variables at `levels` alone. A variable is left out as soon as what speaks of
   * it was brought together, those first of which little speaks: the whole function is not made.
   */
  projectedOn(operands: readonly Node[], levels: readonly number[]): Node {
    this.#allowance.spend(OPERAND_WORK * operands.length);
    const kept = new Set(levels);
    const literals = this.#literalsOf(operands);
    if (literals === null) return FALSE;
    const known = new Map([...literals].filter(([level]) => kept.has(level)));
    const restricted = operands.map((n) => this.given(n, (level) => literals.get(level) ?? null));
    const open = new Map([...new Set(restricted)].map((n) => [n, this.support(n)]));
    for (;;) {
      const level = leastSpokenOf(open.values(), kept);
      if (level === null) return this.and(...open.keys(), this.#cubeOf(known));
      const speaking = [...open].filter(([, support]) => support.includes(level)).map(([n]) => n);
      const rest = this.exists(this.#all(speaking), [level]);
      if (rest === FALSE) return FALSE;
      for (const n of speaking) open.delete(n);
      open.set(rest, this.support(rest));
    }
  }

  #project(a: Node, isKept: (level: number) => boolean, known: Map<Node, Node>): Node {
    if (a === TRUE || a === FALSE) return a;
    const seen = known.get(a);
    if (seen !== undefined) return seen;
    const level = this.levelOf(a);
    const low = this.#project(this.lowOf(a), isKept, known);
    // Nothing is added to what is true already.
    const high = low === TRUE && !isKept(level) ? TRUE : this.#project(this.highOf(a), isKept, known);
    const result = isKept(level) ? this.#make(level, low, high) : this.or(low, high);
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
      const level = this.levelOf(n);
      const [low, high] = [walk(this.lowOf(n)), walk(this.highOf(n))];
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
      const at = span.get(this.levelOf(n));
      if (at === undefined) throw new Error(`the function depends on level ${this.levelOf(n)}, which is not counted`);
      return at;
    };
    const below = (n: Node): number => {
      if (n === FALSE) return 0;
      if (n === TRUE) return 1;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const at = spanOf(n);
      const branch = (b: Node): number => below(b) * 2 ** (spanOf(b) - at - 1);
      const result = branch(this.lowOf(n)) + branch(this.highOf(n));
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
      const level = this.levelOf(n);
      const above = priceOf(this.highOf(n));
      return { cost: above.cost + cost(level), tie: above.tie + tie(level) };
    };
    const priceOf = (n: Node): Price => {
      if (n === FALSE) return NEVER;
      if (n === TRUE) return FREE;
      const seen = known.get(n);
      if (seen !== undefined) return seen;
      const high = highPrice(n);
      const low = isSet(this.levelOf(n)) ? NEVER : priceOf(this.lowOf(n));
      const result = isDearer(low, high) ? high : low;
      known.set(n, result);
      return result;
    };
    const total = priceOf(a);
    if (total.cost === Number.POSITIVE_INFINITY) return null;
    const assignment = new Map<number, boolean>();
    for (let n = a; n !== TRUE; ) {
      const level = this.levelOf(n);
      const takeHigh = isSet(level) || isDearer(priceOf(this.lowOf(n)), highPrice(n));
      assignment.set(level, takeHigh);
      n = takeHigh ? this.highOf(n) : this.lowOf(n);
    }
    return { assignment, ...total };
  }

  /** The value of the function where exactly the variables for which `isTrue` answers are true. */
  evaluate(a: Node, isTrue: (level: number) => boolean): boolean {
    let n = a;
    while (n !== TRUE && n !== FALSE) n = isTrue(this.levelOf(n)) ? this.highOf(n) : this.lowOf(n);
    return n === TRUE;
  }

  /** The levels of the variables that the function depends on, ascending. */
  support(a: Node): readonly number[] {
    const levels = new Set<number>();
    const seen = new Set<Node>();
    const walk = (n: Node): void => {
      if (n === TRUE || n === FALSE || seen.has(n)) return;
      seen.add(n);
      levels.add(this.levelOf(n));
      walk(this.lowOf(n));
      walk(this.highOf(n));
    };
    walk(a);
    return [...levels].sort((x, y) => x - y);
  }

  /** The variable that is asked first; above all of them for a constant. */
  levelOf(n: Node): number {
    return this.#rows[(n >> 1) * FIELDS + LEVEL] ?? CONSTANT_LEVEL;
  }

  /** What is left where that variable is false. */
  lowOf(n: Node): Node {
    return node((this.#rows[(n >> 1) * FIELDS + LOW] ?? 0) ^ (n & 1));
  }

  /** What is left where it is true. */
  highOf(n: Node): Node {
    return node((this.#rows[(n >> 1) * FIELDS + HIGH] ?? 0) ^ (n & 1));
  }

  #lowestOf(n: Node): number {
    return this.#rows[(n >> 1) * FIELDS + LOWEST] ?? -1;
  }

  /** The node with these branches: a new one only where there is none yet. */
  #make(level: number, low: Node, high: Node): Node {
    if (low === high) return low;
    // Of a function and its opposite the one that is false where all variables are has the row.
    const opposite = low & 1;
    const [lowest, a, b] = [
      Math.max(level, this.#lowestOf(low), this.#lowestOf(high)),
      low ^ opposite,
      high ^ opposite,
    ];
    const places = this.#unique.length - 1;
    let at = hash(level, a, b) & places;
    for (let known = this.#unique[at] ?? 0; known !== 0; known = this.#unique[at] ?? 0) {
      const row = known * FIELDS;
      if (this.#rows[row] === level && this.#rows[row + LOW] === a && this.#rows[row + HIGH] === b)
        return node((known << 1) | opposite);
      at = (at + 1) & places;
    }
    if (this.#size * FIELDS === this.#rows.length) {
      this.#grow();
      return this.#make(level, low, high);
    }
    this.#allowance.spend(1);
    const made = this.#size++;
    const row = made * FIELDS;
    this.#rows[row] = level;
    this.#rows[row + LOW] = a;
    this.#rows[row + HIGH] = b;
    this.#rows[row + LOWEST] = lowest;
    this.#unique[at] = made;
    return node((made << 1) | opposite);
  }

  #grow(): void {
    const capacity = (this.#rows.length / FIELDS) * 2;
    this.#rows = enlarged(this.#rows, FIELDS * capacity);
    this.#ands.grow(capacity);
    this.#xors.grow(capacity);
    this.#unique = new Int32Array(2 * capacity);
    const places = this.#unique.length - 1;
    for (let n = 1; n < this.#size; n++) {
      const row = n * FIELDS;
      let at = hash(this.#rows[row] ?? 0, this.#rows[row + LOW] ?? 0, this.#rows[row + HIGH] ?? 0) & places;
      while (this.#unique[at] !== 0) at = (at + 1) & places;
      this.#unique[at] = n;
    }
  }

  #and(a: Node, b: Node): Node {
    if (a === b || b === TRUE) return a;
    if (a === TRUE) return b;
    if (a === FALSE || b === FALSE || (a ^ b) === 1) return FALSE;
    if (a > b) return this.#and(b, a);
    const known = this.#ands.get(a, b);
    if (known !== null) return known;
    const levelA = this.levelOf(a);
    const levelB = this.levelOf(b);
    const result = this.#make(
      Math.min(levelA, levelB),
      this.#and(levelA <= levelB ? this.lowOf(a) : a, levelB <= levelA ? this.lowOf(b) : b),
      this.#and(levelA <= levelB ? this.highOf(a) : a, levelB <= levelA ? this.highOf(b) : b),
    );
    this.#ands.set(a, b, result);
    return result;
  }

  #xor(a: Node, b: Node): Node {
    const opposite = (a ^ b) & 1;
    const [one, other] = [node(a & ~1), node(b & ~1)];
    if (opposite === 1) return this.not(this.#xor(one, other));
    if (one === other) return FALSE;
    if (one === FALSE) return other;
    if (other === FALSE) return one;
    if (one > other) return this.#xor(other, one);
    const known = this.#xors.get(one, other);
    if (known !== null) return known;
    const levelA = this.levelOf(one);
    const levelB = this.levelOf(other);
    const result = this.#make(
      Math.min(levelA, levelB),
      this.#xor(levelA <= levelB ? this.lowOf(one) : one, levelB <= levelA ? this.lowOf(other) : other),
      this.#xor(levelA <= levelB ? this.highOf(one) : one, levelB <= levelA ? this.highOf(other) : other),
    );
    this.#xors.set(one, other, result);
    return result;
  }
}

function enlarged(numbers: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(numbers);
  return larger;
}

/** The variable outside of `kept` that the fewest functions speak of, with the fewest others; null: there is none. */
function leastSpokenOf(supports: Iterable<readonly number[]>, kept: ReadonlySet<number>): number | null {
  const costs = new Map<number, number>();
  for (const support of supports) {
    for (const level of support) if (!kept.has(level)) costs.set(level, (costs.get(level) ?? 0) + support.length);
  }
  let least: number | null = null;
  for (const [level, cost] of costs) if (least === null || cost < (costs.get(least) ?? 0)) least = level;
  return least;
}
