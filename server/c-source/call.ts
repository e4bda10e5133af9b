import type { MaskCase } from "./masks.ts";
import type { ResultUse } from "./results.ts";
import type { State } from "./state.ts";

/** A stretch of a function, and its text. Offsets count from the start of the function. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a call asks for, where it allocates. */
export interface Allocation {
  /** The function by the model's name; null: the model has none, and what tells is that it is given a mask. */
  readonly api: string | null;
  /** The argument that is the mask, with the masks that it can be; null: it takes none, or none is given. */
  readonly mask: { readonly index: number; readonly cases: readonly MaskCase[] } | null;
  readonly result: ResultUse;
}

/** A call in a function. */
export interface Call {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly arguments: readonly Piece[];
  /** `dev->ops->grow()`: what is called stands in a member. */
  readonly isMember: boolean;
  readonly state: State;
  readonly allocation: Allocation | null;
}
