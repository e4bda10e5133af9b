import type { ContextDeclaration } from "../../../grammar/ast.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { functionIn } from "../requests/code-contexts.ts";
import type { LanguageRule } from "./language-rule.ts";
import { report } from "./report.ts";

const noFunction: LanguageRule = {
  id: "no-function",
  group: "language",
  title: "A text that names no function in C",
  severity: "error",
  source: "language",
  explanation:
    "`for` in a context names functions in C that run in it. One that several files have is named with its file, from the root of the kernel tree, a colon between: without the function, or without the file, nothing is said about anything.",
  advice: 'Write `"drivers/net/foo.c:foo_tx_done"`, or the bare name of the function.',
  examples: {
    bad: 'kernel 6.12\n\ncontext tx_done {\n  in  softirq\n  for "drivers/net/foo.c"\n}\n',
    good: 'kernel 6.12\n\ncontext tx_done {\n  in  softirq\n  for "drivers/net/foo.c:foo_tx_done", bar_complete\n}\n',
  },
};

export const CODE_CONTEXT_RULES: readonly LanguageRule[] = [noFunction];

/** Texts behind `for` that name no function. */
export function codeContextFindings({ items }: ContextDeclaration): readonly UnplacedFinding[] {
  return items.flatMap((item) =>
    item.kind !== "for"
      ? []
      : item.functions.flatMap((name) =>
          "text" in name || functionIn(name.value) !== null
            ? []
            : [report(noFunction, name, `"${name.value}" names no function: write "FILE.c:FUNCTION".`)],
        ),
  );
}
