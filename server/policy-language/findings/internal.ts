import { report, type UnplacedFinding } from "../unplaced-finding.ts";
import type { Span } from "../../rules/finding.ts";
import type { LanguageRule } from "./language-rule.ts";

const internalErrorRule: LanguageRule = {
  id: "internal-error",
  group: "internal",
  title: "A rule failed",
  severity: "warning",
  source: "language",
  explanation:
    "A rule of AllocPolicy itself broke on this declaration. All other rules were still asked, but what this one would have said is not known. It is a bug in AllocPolicy, never in the policy.",
  advice: "Report it with the declaration; set the rule to `off` to silence it until then.",
  examples: { bad: "", good: "kernel 6.12\n\nrequest fine {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n" },
};

export const INTERNAL_RULES: readonly LanguageRule[] = [internalErrorRule];

/** `what` names the rule or the check that threw. */
export function internalError(span: Span, what: string, error: unknown): UnplacedFinding {
  const message = error instanceof Error ? error.message : String(error);
  return report(
    internalErrorRule,
    span,
    `AllocPolicy's ${what} failed here (${message}), so its answer is missing; please report this.`,
  );
}
