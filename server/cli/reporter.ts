import type { FileReport } from "./report.ts";

/** A form in which `check` tells its findings. Each stands in a file of its own in `reporters/`. */
export interface Reporter {
  /** As `--format` takes it. */
  readonly name: string;
  /** One line for the list of formats: who reads it. */
  readonly summary: string;
  /** All that is written to standard output. */
  readonly print: (reports: readonly FileReport[]) => string;
}
