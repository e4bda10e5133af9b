/** One thing that a call does otherwise. */
export interface Change {
  /** What changed: `result`, `warning`, `tries on the free lists`. */
  readonly aspect: string;
  /** From what to what, in words that are the same for every row that changed alike. */
  readonly change: string;
}
