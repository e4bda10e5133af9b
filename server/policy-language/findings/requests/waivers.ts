import type { PropertyOf } from "../../requests/properties.ts";
import { report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import { wholeLine } from "../../requests/request-edits.ts";
import type { ResolvedRequest } from "../../requests/requests.ts";
import type { LanguageRule } from "../language-rule.ts";
import { unknownWord } from "../names/unknown-names.ts";

export const unusedWaiver: LanguageRule = {
  id: "unused-waiver",
  group: "requests",
  title: "A waiver that silences nothing",
  severity: "warning",
  source: "language",
  explanation:
    "The rule that it names has nothing to say about this request. Left in place, the waiver would hide the finding when it comes one day. Errors of the language itself can't be waived, and a waiver without a reason waives nothing.",
  advice: "Remove the waiver.",
  examples: {
    bad: 'kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n  waive nofail-high-order because "two pages at most"\n}\n',
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
  },
};

/** Takes out what the request waives; what is left, and the waivers of its own that took out nothing. */
export function applyWaivers(
  request: ResolvedRequest,
  findings: readonly UnplacedFinding[],
  ruleIds: readonly string[],
  text: string,
): readonly UnplacedFinding[] {
  if (request.waivers.length === 0) return findings;
  const waived = new Set(
    request.waivers.flatMap(({ property }) =>
      property.rule === null || lacksReason(property) ? [] : [property.rule.text],
    ),
  );
  const silenced = new Set<string>();
  const kept = findings.filter((finding) => {
    if (!waived.has(finding.rule) || finding.source === "language") return true;
    silenced.add(finding.rule);
    return false;
  });
  const seen = new Set<string>();
  const unused = request.waivers.flatMap(({ property, inheritedFrom }) => {
    const { rule } = property;
    if (rule === null || inheritedFrom !== null) return [];
    if (!ruleIds.includes(rule.text)) return [unknownWord(rule, "rule", ruleIds)];
    if (lacksReason(property))
      return [
        report(unusedWaiver, property.because ?? rule, `${rule.text} is not waived: write why between the quotes.`),
      ];
    const again = seen.has(rule.text);
    seen.add(rule.text);
    if (silenced.has(rule.text) && !again) return [];
    return [
      report(
        unusedWaiver,
        rule,
        again
          ? `${rule.text} is waived twice.`
          : `${rule.text} has nothing to say about this request: remove the waiver.`,
        {
          fixes: [
            { title: "Remove the waiver", changes: [{ ...wholeLine(text, property), text: "" }], preferred: true },
          ],
        },
      ),
    ];
  });
  return [...kept, ...unused];
}

/** The quotes are there, as a fix writes them, and nobody has said why. One that is damaged says so itself. */
const lacksReason = ({ because }: PropertyOf<"waive">): boolean => because !== null && because.value.trim() === "";
