// The matrix of a policy. `Span` is what stands for a stretch of a file: offsets in the server, a location between
// server and client.

/**
 * What a flag (or all flags of a composite) is to a mode of a policy, over every mask, size and context that the policy
 * takes and that selects the mode:
 *
 * - `forbidden`: none of them has it;
 * - `selects`: the mode's `when` names it, and without it some of them would not be in the mode;
 * - `required`: all of them have it;
 * - `ignored`: some have it, and an `ignore` says that it has no effect;
 * - `allowed`: some have it, some may not.
 */
export type CellKind = "allowed" | "required" | "forbidden" | "selects" | "ignored";

export interface MatrixCell<Span> {
  readonly kind: CellKind;
  /** Every mask of the mode has it: so of every `required`, and of some `selects`. */
  readonly always: boolean;
  /**
   * Of an `allowed` flag: it depends on the rest of the request. Some request of the mode is taken with the flag and
   * not without it, or without it and not with it. Not asked of composites: each of their flags has a row of its own.
   */
  readonly conditional: boolean;
  /** A `warn` rule takes every mask of the mode that has it. */
  readonly warned: boolean;
  /** Why, in a few words. */
  readonly reason: string;
  /** The clause that decides it; null where none does by itself. */
  readonly rule: Span | null;
  /** What the kernel does with the flag that the policy does not say; null where they agree. */
  readonly kernel: string | null;
}

export interface MatrixRow<Span> {
  /** As written in a mask: `__GFP_NOFAIL`, `GFP_KERNEL`. */
  readonly name: string;
  /** One for each column. */
  readonly cells: readonly MatrixCell<Span>[];
}

export interface MatrixGroup<Span> {
  readonly title: string;
  readonly rows: readonly MatrixRow<Span>[];
}

export interface MatrixColumn<Span> {
  /** The mode's name; `any mode` where the policy has none. */
  readonly name: string;
  /** The text of its `when`; `otherwise`; empty for `any mode`. */
  readonly selectedBy: string;
  readonly span: Span | null;
  /** Some mask that the policy takes selects it. */
  readonly reachable: boolean;
}

/** What a mode promises: `retries 5`. */
export interface MatrixPromise<Span> {
  readonly text: string;
  readonly span: Span;
  /** What the kernel does instead; null where it does as promised, or where that is not compared. */
  readonly kernel: string | null;
}

export interface MatrixPromises<Span> {
  /** `sleeps`, `drain`, … */
  readonly effect: string;
  /** One for each column; null where the mode promises nothing of it. */
  readonly cells: readonly (MatrixPromise<Span> | null)[];
}

/** A policy as people think of it: modes across, promises and flags down. Plain data. */
export interface Matrix<Span> {
  readonly policy: string;
  readonly span: Span;
  /** The kernel that it is made for: the newest in force. */
  readonly kernel: string;
  /** All kernels in force, as the header writes them. */
  readonly kernels: string;
  /** The functions that the policy is for. */
  readonly apis: readonly string[];
  readonly columns: readonly MatrixColumn<Span>[];
  readonly promises: readonly MatrixPromises<Span>[];
  readonly groups: readonly MatrixGroup<Span>[];
}

/** The matrix, or why there is none: the policy, or a name that it uses, cannot be read at the moment. */
export type MatrixAnswer<Span> =
  | { readonly kind: "matrix"; readonly matrix: Matrix<Span> }
  | { readonly kind: "unreadable"; readonly policy: string; readonly reason: string };

/** A policy of a file; `range` is that of its name. */
export interface PolicyName<Range> {
  readonly name: string;
  readonly range: Range;
}
