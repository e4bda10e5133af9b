import type { Problem } from "../../../grammar/ast.ts";
import { report } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { LanguageRule } from "./language-rule.ts";

const syntax: LanguageRule = {
  id: "syntax",
  group: "language",
  title: "Text that is not in the language",
  severity: "error",
  source: "language",
  explanation:
    "The text does not follow the grammar. Only the declaration that it stands in is affected: nothing else is reported of it until it can be read, and all other declarations are checked as usual.",
  advice:
    "The message says what may stand there. From C, casts, `||` and `&&` have to go: a mask is made of names, numbers, `|`, `&`, `~`, parentheses, and `?:` with a condition.",
  examples: {
    bad: "kernel 6.12\n\nflags RING = GFP_KERNEL || __GFP_NOWARN\n",
    good: "kernel 6.12\n\nflags RING = GFP_KERNEL | __GFP_NOWARN\n",
  },
};

export const SYNTAX_RULES: readonly LanguageRule[] = [syntax];

export function syntaxFindings(problems: readonly Problem[]): readonly UnplacedFinding[] {
  return problems.map((problem) =>
    report(syntax, problem, problem.message, {
      fixes:
        problem.fix === undefined
          ? []
          : [
              {
                title: problem.fix.title,
                changes: [{ start: problem.fix.start, end: problem.fix.end, text: problem.fix.text }],
                preferred: true,
              },
            ],
    }),
  );
}
