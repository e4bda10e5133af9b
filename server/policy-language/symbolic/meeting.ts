import { FALSE, TRUE, type Node } from "./node.ts";

/**
 * Looks for an assignment under which several functions are true, without making what they are together: variable by
 * variable, all functions side by side. Where no value of a variable is left, it goes back to the last variable that
 * has to do with that (conflict-directed backjumping), not to the last one that was decided.
 */

/** Decision diagrams to walk through. */
interface Diagrams {
  readonly levelOf: (n: Node) => number;
  readonly lowOf: (n: Node) => Node;
  readonly highOf: (n: Node) => Node;
}

/** How long it is looked for, in nodes come by. */
const MOST_STEPS = 20_000;

export interface Meeting {
  /** Null: given up, not known. */
  readonly meets: boolean | null;
  /** How many nodes were come by. */
  readonly steps: number;
  /**
   * Where they meet, the variables that are true in the first assignment in the order of the variables, false before
   * true. Those that it leaves open are false.
   */
  readonly ones: readonly number[];
}

/**
 * Whether some assignment makes all of them true, and the first that does. Hangs on the functions and their order
 * alone.
 */
export function meetingOf(diagrams: Diagrams, operands: readonly Node[]): Meeting {
  if (operands.includes(FALSE)) return { meets: false, steps: 0, ones: [] };
  const search = new Search(diagrams);
  for (const operand of new Set(operands)) if (operand !== TRUE) search.add(operand, -1);
  const outcome = search.from(0, 0);
  const meets = outcome === "given-up" ? null : outcome === "met";
  return { meets, steps: search.steps, ones: search.ones };
}

/** The variables, by level, that leave nothing for those below them: so many words of bits for each decided one. */
const WORDS = 8;

class Search {
  readonly #diagrams: Diagrams;
  /** What is left of the functions, each with the one that it is left of (-1: none), and the one beside it. */
  readonly #nodes: Node[] = [];
  readonly #parents: number[] = [];
  readonly #beside: number[] = [];
  /** The last of those that ask a variable next, by its level; -1: none does. */
  readonly #asking: number[] = [];
  /** The conflicts of the variables that are decided, one behind the other. */
  #conflicts = new Int32Array(WORDS * 32);
  readonly ones: number[] = [];
  steps = 0;

  constructor(diagrams: Diagrams) {
    this.#diagrams = diagrams;
  }

  add(n: Node, parent: number): void {
    const level = this.#diagrams.levelOf(n);
    if (level >= WORDS * 32) throw new Error(`There is no room for conflicts at level ${level}.`);
    while (this.#asking.length <= level) this.#asking.push(-1);
    this.#beside.push(this.#asking[level] ?? -1);
    this.#asking[level] = this.#nodes.length;
    this.#nodes.push(n);
    this.#parents.push(parent);
    this.steps += 1;
  }

  /** Decides the variables from this level on, after `depth` others. */
  from(least: number, depth: number): "met" | "given-up" | "conflict" {
    let level = least;
    while ((this.#asking[level] ?? -1) < 0) {
      if (level >= this.#asking.length) return "met";
      level += 1;
    }
    const [conflict, next] = [depth * WORDS, (depth + 1) * WORDS];
    if (next + WORDS > this.#conflicts.length) this.#conflicts = doubled(this.#conflicts);
    this.#conflicts.fill(0, conflict, next);
    for (const value of [false, true]) {
      const before = this.#nodes.length;
      const failed = this.#decide(level, value);
      if (failed >= 0) {
        for (let at = this.#parents[failed] ?? -1; at >= 0; at = this.#parents[at] ?? -1)
          this.#blame(conflict, this.#diagrams.levelOf(this.#nodes[at] ?? TRUE));
        this.#backTo(before);
        continue;
      }
      if (this.steps > MOST_STEPS) return "given-up";
      if (value) this.ones.push(level);
      const outcome = this.from(level + 1, depth + 1);
      if (outcome !== "conflict") return outcome;
      if (value) this.ones.pop();
      this.#backTo(before);
      const isBlamed = ((this.#conflicts[next + (level >>> 5)] ?? 0) & (1 << (level & 31))) !== 0;
      if (!isBlamed) this.#conflicts.fill(0, conflict, next);
      for (let word = 0; word < WORDS; word++)
        this.#conflicts[conflict + word] =
          (this.#conflicts[conflict + word] ?? 0) | (this.#conflicts[next + word] ?? 0);
      if (!isBlamed) return "conflict";
    }
    const own = conflict + (level >>> 5);
    this.#conflicts[own] = (this.#conflicts[own] ?? 0) & ~(1 << (level & 31));
    return "conflict";
  }

  #blame(conflict: number, level: number): void {
    const word = conflict + (level >>> 5);
    this.#conflicts[word] = (this.#conflicts[word] ?? 0) | (1 << (level & 31));
  }

  /** Gives a variable its value; the index of a function that is false then, or -1. */
  #decide(level: number, value: boolean): number {
    for (let at = this.#asking[level] ?? -1; at >= 0; at = this.#beside[at] ?? -1) {
      const n = this.#nodes[at] ?? TRUE;
      const left = value ? this.#diagrams.highOf(n) : this.#diagrams.lowOf(n);
      if (left === FALSE) return at;
      if (left !== TRUE) this.add(left, at);
    }
    return -1;
  }

  #backTo(count: number): void {
    while (this.#nodes.length > count) {
      const n = this.#nodes.pop() ?? TRUE;
      this.#asking[this.#diagrams.levelOf(n)] = this.#beside.pop() ?? -1;
      this.#parents.pop();
    }
  }
}

function doubled(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
