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
}

/** The variables, by level, that leave nothing for those below them. */
type Conflict = Set<number>;

/** Whether some assignment makes all of them true. Hangs on the functions and their order alone. */
export function meetingOf(diagrams: Diagrams, operands: readonly Node[]): Meeting {
  if (operands.includes(FALSE)) return { meets: false, steps: 0 };
  const search = new Search(diagrams);
  for (const operand of new Set(operands)) if (operand !== TRUE) search.add(operand, -1);
  const outcome = search.from(0);
  return { meets: outcome === "given-up" ? null : outcome === "met", steps: search.steps };
}

class Search {
  readonly #diagrams: Diagrams;
  /** What is left of the functions, each with the one that it is left of (-1: none), and the one beside it. */
  readonly #nodes: Node[] = [];
  readonly #parents: number[] = [];
  readonly #beside: number[] = [];
  /** The last of those that ask a variable next, by its level; -1: none does. */
  readonly #asking: number[] = [];
  steps = 0;

  constructor(diagrams: Diagrams) {
    this.#diagrams = diagrams;
  }

  add(n: Node, parent: number): void {
    const level = this.#diagrams.levelOf(n);
    while (this.#asking.length <= level) this.#asking.push(-1);
    this.#beside.push(this.#asking[level] ?? -1);
    this.#asking[level] = this.#nodes.length;
    this.#nodes.push(n);
    this.#parents.push(parent);
    this.steps += 1;
  }

  /** Decides the variables from this level on. */
  from(least: number): "met" | "given-up" | Conflict {
    let level = least;
    while ((this.#asking[level] ?? -1) < 0) {
      if (level >= this.#asking.length) return "met";
      level += 1;
    }
    const conflict: Conflict = new Set();
    for (const value of [false, true]) {
      const before = this.#nodes.length;
      const failed = this.#decide(level, value);
      if (failed >= 0) {
        for (let at = this.#parents[failed] ?? -1; at >= 0; at = this.#parents[at] ?? -1)
          conflict.add(this.#diagrams.levelOf(this.#nodes[at] ?? TRUE));
        this.#backTo(before);
        continue;
      }
      if (this.steps > MOST_STEPS) return "given-up";
      const below = this.from(level + 1);
      if (below === "met" || below === "given-up") return below;
      this.#backTo(before);
      if (!below.delete(level)) return below;
      for (const other of below) conflict.add(other);
    }
    return conflict;
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
