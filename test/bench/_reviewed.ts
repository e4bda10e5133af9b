import { readFileSync } from "node:fs";

/** Findings of one rule in one function, and whether they are true, by a reader of the source. */
export interface Reviewed {
  readonly path: string;
  readonly function: string;
  readonly rule: string;
  readonly severity: "error" | "warning";
  readonly confidence: "certain" | "likely" | "possible";
  /** How many there are. */
  readonly findings: number;
  readonly isTrue: boolean;
  /** Why it is false. */
  readonly why?: string;
}

export const REVIEWED: readonly Reviewed[] = JSON.parse(
  readFileSync(new URL("reviewed.json", import.meta.url), "utf8"),
);

/** It is among those that were read; the path may have a folder of its own before it. */
export const isReviewed = (path: string, finding: { readonly function: string; readonly rule: string }): boolean =>
  REVIEWED.some(
    (one) => path.endsWith(`/${one.path}`) && one.function === finding.function && one.rule === finding.rule,
  );
