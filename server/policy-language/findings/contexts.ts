import type { Declaration } from "../../../grammar/ast.ts";
import { PLACE, type Context } from "../../model/contexts.ts";
import type { Environment } from "../analysis/environment.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { contextNamed } from "../requests/contexts.ts";
import type { LanguageRule } from "./language-rule.ts";
import { report } from "./report.ts";

const contextContradiction: LanguageRule = {
  id: "context-contradiction",
  group: "language",
  title: "A context in two places at once",
  severity: "warning",
  source: "language",
  explanation:
    "`in` may stand more than once, for places that hold together: a task with preemption off, under a lock. A task is not in an interrupt, though: `in process` beside a softirq, a hardirq or an NMI says two things of one call, and the stricter one is taken.",
  advice: "Write the place that the call is made from. A call that is made from both is two contexts.",
  examples: {
    bad: "kernel 6.12\n\ncontext either {\n  in process\n  in softirq\n}\n",
    good: "kernel 6.12\n\ncontext locked {\n  in process\n  in bh_off\n}\n",
  },
};

export const CONTEXT_RULES: readonly LanguageRule[] = [contextContradiction];

/** A task is not in an interrupt: `in process` beside a place that is none contradicts it. */
export function contextPlaceFindings(
  environment: Environment,
  declaration: Extract<Declaration, { readonly kind: "context" }>,
): readonly UnplacedFinding[] {
  const names = declaration.items.flatMap((item) =>
    item.kind === "in" && item.context !== null ? [item.context] : [],
  );
  const task = names.find(({ text }) => environment.lookup("context", text) === null && text === "process");
  const interrupt = names.find(({ text }) => isInterrupt(contextNamed(environment, text)));
  if (task === undefined || interrupt === undefined) return [];
  const [first, later] = task.start < interrupt.start ? [task, interrupt] : [interrupt, task];
  const related = [
    {
      revision: null,
      uri: environment.uri,
      span: { start: first.start, end: first.end },
      message: `Here it is in ${first.text}.`,
    },
  ];
  return [
    report(
      contextContradiction,
      later,
      `A call is not in ${task.text} and in ${interrupt.text} at once: write the one that it is made from; sleeping is judged as in ${interrupt.text}.`,
      { related },
    ),
  ];
}

const INTERRUPTS = PLACE.nmi | PLACE.hardirq | PLACE.softirq;

const isInterrupt = (context: Context | null): boolean => context !== null && (context.places & INTERRUPTS) !== 0;
