import type { NameTable } from "./names.ts";
import type { Define } from "./tokens.ts";

/**
 * The build options that are known, as in `.config` without `CONFIG_`; `null`: none are, and then every branch counts
 * that can.
 */
export interface Build {
  readonly options: ReadonlySet<string> | null;
}

/** An `#if` that is open: what its branches hold so far. */
export interface Branches {
  readonly parens: number;
  readonly braces: number;
  /** The first token of the first branch. */
  readonly first: number;
  /** The first token of the branch that is being read. */
  start: number;
  /** Where the branch ends that stays if only one can; -1: none is decided yet. */
  keptEnd: number;
  keptStart: number;
  keptBraces: number;
  keptParens: number;
  /** Every branch so far closes what it opens. */
  isBalanced: boolean;
  /** What is known of the condition of the branch that is being read. */
  verdict: boolean | null;
  /** A branch before was decided to be the one. */
  isTaken: boolean;
}

/** The tokens that are read so far. */
export interface Scan {
  readonly text: string;
  /** The characters of the text: those that are not ASCII as one that is none, but a letter. */
  readonly codes: Uint8Array;
  at: number;
  count: number;
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  names: Int32Array;
  readonly table: NameTable;
  readonly defines: Define[];
  /** Braces and parentheses that are open: what `#endif` asks for. */
  braces: number;
  parens: number;
  readonly open: Branches[];
  readonly build: Build;
}
