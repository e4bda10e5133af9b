import type { FileReport, Totals } from "./report.ts";

/**
 * A form in which `check` tells its findings, file by file. Each stands in a file of its own in `reporters/`. Files are
 * told by several threads and joined in order, so that nothing is remembered from one to the next.
 */
export interface Reporter {
  /** As `--format` takes it. */
  readonly name: string;
  /** One line for the list of formats: who reads it. */
  readonly summary: string;
  /** What stands before the first file. */
  readonly begin: () => string;
  /** What is told of a file; empty for nothing. */
  readonly file: (report: FileReport, look: Look) => string;
  /** What stands between two files of which something is told. */
  readonly between: string;
  /** What stands behind the last. */
  readonly end: (totals: Totals, look: Look) => string;
}

/** How text for people looks. */
export interface Look {
  /** Lines of the source stand below their findings, in lines of so many columns; null: one line a finding. */
  readonly excerptColumns: number | null;
  readonly hasColour: boolean;
}
