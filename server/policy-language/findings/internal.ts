import { INTERNAL_ERROR, internalErrorText } from "../../rules/internal-error.ts";
import type { Span } from "../../rules/finding.ts";
import { report } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { LanguageRule } from "./language-rule.ts";

const internalErrorRule: LanguageRule = { ...INTERNAL_ERROR, group: "internal", source: "language" };

export const INTERNAL_RULES: readonly LanguageRule[] = [internalErrorRule];

/** A check of the language that broke; a kernel rule that breaks is caught by `judge`. `what` names the check. */
export function internalError(span: Span, what: string, error: unknown): UnplacedFinding {
  return report(internalErrorRule, span, internalErrorText(what, error));
}
