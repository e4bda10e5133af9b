import type { Confidence, LocalPlace } from "../evidence.ts";
import type { MaskCase } from "./masks.ts";
import type { ResultUse } from "./results.ts";
import type { Held, State } from "./state.ts";

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
  readonly mask: MaskArgument | null;
  readonly result: ResultUse;
  /** What the function is given where another one stands for it; null: the call is its own. */
  readonly through: Through | null;
}

/** The argument of a call that is the mask, or makes it; -1: what stands for the function has a mask of its own. */
export interface MaskArgument {
  readonly index: number;
  readonly cases: readonly MaskCase[];
  /** It is the mask as it is written there, and not what another function makes of it. */
  readonly isWritten: boolean;
}

/** A call of a function that stands for another. */
export interface Through {
  readonly arguments: readonly string[];
  /** Its mask is the same for all calls, and told where it stands. */
  readonly isFixed: boolean;
  /** It is that function itself, which is given no mask: only that it sleeps or waits for reclaim is said. */
  readonly isInside: boolean;
  /** What that function holds where it makes the call. */
  readonly held: readonly Held[];
  readonly sure: Confidence;
  /** What it comes to: `own_alloc() stands for kmalloc(64, gfp), as allocator own_alloc of net.allocpolicy says`. */
  readonly because: string;
}

/** The function that a call comes to: its own, or the one that it stands for. */
export const apiOf = ({ name, allocation }: Call): string => allocation?.api ?? name;

/** The argument that is the mask, or makes it. */
export const maskArgumentOf = ({ arguments: given, allocation }: Call): Piece | undefined =>
  given[allocation?.mask?.index ?? -1];

/** Where the name of a call stands. */
export const nameOf = ({ start, name }: Pick<Call, "start" | "name">): LocalPlace => ({
  start,
  end: start + name.length,
});

/** A call in a function. */
export interface Call {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly arguments: readonly Piece[];
  /** `dev->ops->grow()`, `grow[i]()`: what is called stands in a member, or in an array. */
  readonly isMember: boolean;
  readonly state: State;
  readonly allocation: Allocation | null;
}
