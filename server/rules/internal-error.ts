import type { Documented } from "./rule-page.ts";

/**
 * What is said when a rule or a check of AllocPolicy itself breaks. No rule of the kernel: nothing silences it but its
 * level.
 */
export const INTERNAL_ERROR = {
  id: "internal-error",
  title: "A rule failed",
  severity: "warning",
  explanation:
    "A rule of AllocPolicy itself broke on this declaration. All other rules were still asked, but what this one would have said is not known. It is a bug in AllocPolicy, never in the policy.",
  advice: "Report it with the declaration; set the rule to `off` to silence it until then.",
  examples: { bad: "", good: "kernel 6.12\n\nrequest fine {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n" },
} as const satisfies Documented;

/** The sentence of such a finding. `what` names the rule or the check that threw. */
export function internalErrorText(what: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `AllocPolicy's ${what} failed here (${message}), so its answer is missing; please report this.`;
}
