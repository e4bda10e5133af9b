import type { Mask as MaskNode } from "../../../grammar/ast.ts";
import { conditionsAsMasks, type Condition } from "../../model/masks/conditions.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { LanguageRule } from "./language-rule.ts";
import { report } from "./report.ts";

const conditionAsMask: LanguageRule = {
  id: "condition-as-mask",
  group: "language",
  title: "A condition where a mask is wanted",
  severity: "error",
  source: "language",
  explanation:
    "`!`, `==` and `!=` give 1 or 0, as in C: they decide before a `?`, and are no masks. As a mask the 1 would be __GFP_DMA.",
  advice: "Write `~` for all other bits, or put the condition before `?`, with a mask for each case.",
  examples: {
    bad: "kernel 6.12\n\ntransform quiet(gfp) = gfp & !__GFP_FS\n",
    good: "kernel 6.12\n\ntransform quiet(gfp) = !(gfp & __GFP_FS) ? gfp | __GFP_NOWARN : gfp\n",
  },
};

const tooManyCases: LanguageRule = {
  id: "too-many-cases",
  group: "language",
  title: "A transform with more cases than can be told apart",
  severity: "error",
  source: "language",
  explanation:
    "A transform is checked for every mask, each case of its conditions by itself. Conditions that stand side by side multiply, and beyond 256 cases nothing is said about what comes out.",
  advice: "Nest the conditions in one `?:`, or split the transform.",
  examples: {
    bad: `kernel 6.12\n\ntransform tangle(gfp) =\n  ${[
      "IO",
      "FS",
      "ZERO",
      "HIGH",
      "COMP",
      "WRITE",
      "NOWARN",
      "NORETRY",
      "NOFAIL",
    ]
      .map((flag) => `(gfp & __GFP_${flag} ? __GFP_${flag} : 0)`)
      .join(" |\n  ")}\n`,
    good: "kernel 6.12\n\ntransform plain(gfp) = gfp & (__GFP_IO | __GFP_FS)\n",
  },
};

export const CONDITION_RULES: readonly LanguageRule[] = [conditionAsMask, tooManyCases];

/** Conditions of an expression that stand where a mask is wanted. */
export function conditionFindings(expression: MaskNode): readonly UnplacedFinding[] {
  return conditionsAsMasks(expression).map((node) =>
    node.kind === "zero"
      ? ofZero(node)
      : report(
          conditionAsMask,
          node,
          `\`${node.isEqual ? "==" : "!="}\` compares and gives no mask: write it before \`?\`, with a mask for each case.`,
        ),
  );
}

function ofZero(node: Condition): UnplacedFinding {
  const sign = { start: node.start, end: node.start + 1 };
  return report(
    conditionAsMask,
    sign,
    "`!` gives a condition, not a mask: write `~`, or put the condition before `?`.",
    { fixes: [{ title: "Write ~", changes: [{ ...sign, text: "~" }], preferred: true }] },
  );
}

/** A transform whose cases are too many to be checked. */
export function tooManyCasesFinding(expression: MaskNode): UnplacedFinding {
  return report(
    tooManyCases,
    expression,
    "The conditions of this transform make more than 256 cases, and nothing is said about what comes out: nest them in one `?:`.",
  );
}
