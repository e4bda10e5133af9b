import type { Position } from "../../grammar/lines.ts";
import type { Confidence } from "../c-source/evidence.ts";
import type { FindingSource, Holds, Severity } from "../rules/finding.ts";
import { INTERNAL_ERROR } from "../rules/internal-error.ts";

/** Lines and characters count from 0, characters in UTF-16 units, as in LSP. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A place in a file of the run or beside it, and what is to be seen there. */
export interface ReportedPlace {
  readonly path: string;
  readonly range: Range;
  readonly message: string;
}

/**
 * A finding as reporters print it: positions absolute, names resolved. The shape that `check --format json` promises.
 */
export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /**
   * The name of what it stands in, a declaration or a function; null for headers and what stands outside of any.
   */
  readonly declaration: string | null;
  readonly range: Range;
  readonly kernel: Holds;
  readonly source: FindingSource;
  readonly related: readonly ReportedPlace[];
  /** The way that leads to it, first step first; left out where it is seen at its own place. */
  readonly steps?: readonly ReportedPlace[];
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly { readonly range: Range; readonly text: string }[];
  }[];
  readonly url: string;
  /** Of a call in C: the call without white space. What is found in it is known again by that. */
  readonly call?: string;
  /** Of a call in C: how sure it is. */
  readonly confidence?: Confidence;
}

export interface FileReport {
  readonly path: string;
  readonly text: string;
  /** In the order of the text. */
  readonly findings: readonly ReportedFinding[];
  readonly expectations: ExpectationCounts;
}

/** How many expectations hold, do not hold, and are not decided. */
export interface ExpectationCounts {
  readonly passed: number;
  readonly failed: number;
  readonly notDecided: number;
}

export const NO_EXPECTATIONS: ExpectationCounts = { passed: 0, failed: 0, notDecided: 0 };

/** For a list of findings: in the order of the text, and at one place by name. */
export function byPosition(a: ReportedFinding, b: ReportedFinding): number {
  return (
    a.range.start.line - b.range.start.line ||
    a.range.start.character - b.range.start.character ||
    (a.rule < b.rule ? -1 : 1)
  );
}

export const SEVERITIES: readonly Severity[] = ["error", "warning", "information", "hint"];

/** What a run comes to, file by file added up. */
export interface Totals {
  readonly files: number;
  readonly severities: Readonly<Record<Severity, number>>;
  readonly expectations: ExpectationCounts;
  /** Findings that say that the program itself is at fault. */
  readonly internal: number;
  /** Findings that were left out, because the baseline has them. */
  readonly known: number;
}

export const NOTHING_YET: Totals = {
  files: 0,
  severities: { error: 0, warning: 0, information: 0, hint: 0 },
  expectations: NO_EXPECTATIONS,
  internal: 0,
  known: 0,
};

export function totalsOf({ findings, expectations }: FileReport, known: number): Totals {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return {
    files: 1,
    severities: {
      error: count("error"),
      warning: count("warning"),
      information: count("information"),
      hint: count("hint"),
    },
    expectations,
    internal: findings.filter(({ rule }) => rule === INTERNAL_ERROR.id).length,
    known,
  };
}

export function sumOf(a: Totals, b: Totals): Totals {
  return {
    files: a.files + b.files,
    severities: {
      error: a.severities.error + b.severities.error,
      warning: a.severities.warning + b.severities.warning,
      information: a.severities.information + b.severities.information,
      hint: a.severities.hint + b.severities.hint,
    },
    expectations: {
      passed: a.expectations.passed + b.expectations.passed,
      failed: a.expectations.failed + b.expectations.failed,
      notDecided: a.expectations.notDecided + b.expectations.notDecided,
    },
    internal: a.internal + b.internal,
    known: a.known + b.known,
  };
}
