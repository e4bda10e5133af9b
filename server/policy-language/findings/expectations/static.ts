import type { Fact } from "../../../../grammar/ast.ts";
import { explain } from "../../../model/explain.ts";
import type { Certainty, Reason, Verdict } from "../../../model/request.ts";
import { listText, report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { KernelRequest } from "../../requests/under-kernels.ts";
import { expectationFails } from "../expectations.ts";
import { unknownStaticFact, valueText } from "./facts.ts";

/**
 * The facts that one kernel makes false, of a request that can be judged (`whyOpen`). `modes` are those that the
 * request selects; null: not known.
 */
export function staticFactFindings(
  facts: readonly Fact[],
  under: KernelRequest,
  modes: readonly string[] | null,
): readonly UnplacedFinding[] {
  const { kernel, request, verdict } = under;
  return facts.flatMap((fact) => {
    const expected = valueText(fact);
    if (unknownStaticFact(fact) !== null || expected === null) return [];
    if (fact.name.text === "mode") {
      if (modes === null || modes.includes(expected)) return [];
      return [
        report(
          expectationFails,
          fact,
          modes.length === 0
            ? "The request selects no mode of its policies."
            : `The request selects ${listText(modes.map((mode) => `\`mode ${mode}\``))}.`,
        ),
      ];
    }
    const actual = actualFact(verdict, fact.name.text);
    if (actual === null || actual === expected) return [];
    if (expected === "may" && actual === "always") return [];
    const why = reasonFor(explain(kernel, request), fact.name.text);
    return [report(expectationFails, fact, `The kernel's answer is \`${fact.name.text} ${actual}\`${why}.`)];
  });
}

function actualFact(verdict: Verdict, name: string): string | null {
  switch (name) {
    case "sleeps":
      return verdict.sleeps satisfies Certainty;
    case "oom":
      return verdict.oom;
    case "fails":
      return verdict.fails;
    case "warns":
      return verdict.warns;
    case "reclaim":
      return verdict.reclaim;
    case "reserves":
      return verdict.reserves;
    case "zone":
      return verdict.zone;
    default:
      return null;
  }
}

function reasonFor(reasons: readonly Reason[], about: string): string {
  const reason =
    reasons.find((candidate) => candidate.about === about) ??
    (about === "fails" ? reasons.find((candidate) => candidate.about === "refused") : undefined);
  return reason === undefined ? "" : `: ${reason.text.replace(/\.$/, "")} [${reason.evidence}]`;
}
