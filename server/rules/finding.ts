/**
 * What is reported, in plain data. Spans are UTF-16 offsets relative to a region of a file, so that they move with it.
 */

export type Severity = "error" | "warning" | "information" | "hint";

/**
 * Who says it: the allocator model, a policy of the file, the language itself, or an expectation that does not hold.
 */
export type FindingSource = "kernel" | "policy" | "language" | "expectation";

/** A stretch of one declaration: offsets relative to the region's start. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A stretch of another declaration, possibly of another file: the owner is found by identity when the finding is shown.
 */
export interface RelatedSpan {
  readonly uri: string;
  /** Index of the region in that file at the time of the analysis. */
  readonly region: number;
  readonly span: Span;
  readonly message: string;
}

export interface TextEdit {
  /** Relative to the region that the finding stands in. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix<Edit = TextEdit> {
  readonly title: string;
  readonly changes: readonly Edit[];
  /** Safe to apply without looking ("fix all"). */
  readonly preferred: boolean;
}

/** In which of the checked kernels it holds; `null`: from the first, to the last. Names as in `Kernel.name`. */
export interface Holds {
  readonly since: string | null;
  readonly until: string | null;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly source: FindingSource;
  readonly message: string;
  readonly span: Span;
  readonly holds: Holds | null;
  readonly related: readonly RelatedSpan[];
  readonly fixes: readonly Fix[];
  /** `unnecessary`: greyed out; `deprecated`: struck through. */
  readonly tag: "unnecessary" | "deprecated" | null;
}
