export interface Target {
  readonly name: string;
  /** Pieces that mean something to it. */
  readonly words: readonly string[];
  /** Begins a run; what it gives takes one input after the other, and throws `Broken`. */
  readonly begin: () => (text: string) => Promise<void>;
}

/** Something that must hold does not. */
export class Broken extends Error {}

export function hold(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}
