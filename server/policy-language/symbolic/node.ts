/** A boolean function, as a node of the `Bdd` that made it. */
export type Node = number & { readonly __bdd: never };

/** For the `Bdd` alone: its row for a function, and in the lowest bit whether it is the opposite of that. */
export function node(index: number): Node {
  return index as Node;
}

export const FALSE: Node = node(0);
export const TRUE: Node = node(1);
