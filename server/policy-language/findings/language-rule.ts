import type { FindingSource, Severity } from "../../rules/finding.ts";

/**
 * The documentation of a finding that is no kernel rule: what its page and `allocpolicy rules` show. Kernel rules are
 * in `rules/`; the two lists share no id.
 */
export interface LanguageRule {
  /** Stable for ever: users write it. */
  readonly id: string;
  readonly group: "language" | "requests" | "policies" | "memory" | "expectations" | "internal";
  readonly title: string;
  readonly severity: Severity;
  readonly source: FindingSource;
  /** What it means and why it matters, in a few sentences. */
  readonly explanation: string;
  /** What to write instead. */
  readonly advice: string;
  /** A file that it reports on and one that it does not. */
  readonly examples: { readonly bad: string; readonly good: string };
}
