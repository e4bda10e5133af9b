import type { LogLine } from "./printed.ts";
import type { Draft } from "./report.ts";

/**
 * One kind of line that reports are made of. Each stands in a file of its own in `lines/`. No line begins two kinds, so
 * their order says nothing.
 */
export interface LineKind {
  readonly name: string;
  /** A message of the kernel, without what loggers put before it, is a line of this kind, or the beginning of one. */
  readonly begins: (message: string, draft: Draft) => boolean;
  /**
   * Where a line was broken: the text that stood between `soFar` and `next` (a blank or nothing, or a mark where that
   * cannot be known); null where `next` does not go on with it. Left out: lines of this kind are short and stay whole.
   */
  readonly joint?: (soFar: string, next: string, draft: Draft) => string | null;
  /**
   * What the next message may be where the kernel printed a line piece by piece and each piece became a line of its own
   * (4.9 and later, where KERN_CONT was lost). Left out: such a line is printed as a whole.
   */
  readonly piece?: RegExp;
  /** Takes what the line says into the report. */
  readonly read: (line: LogLine, draft: Draft) => void;
}
