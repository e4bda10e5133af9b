import { apiNamed } from "../model/apis.ts";
import { contextOf } from "../model/contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { EMPTY } from "../model/masks/mask.ts";
import type { AllocationRequest } from "../model/request.ts";
import { verdict } from "../model/verdict.ts";
import type { UnplacedFinding } from "./unplaced-finding.ts";
import type { Environment } from "./environment.ts";
import type { Fix } from "../rules/finding.ts";
import type { WrittenExpression } from "./findings/flags.ts";
import { meaningsOf } from "./masks.ts";
import { ALL as KERNEL_RULES } from "../rules/index.ts";
import type { Match, Subject } from "../rules/rule.ts";

const REMOVED = "removed-flag";

/**
 * Names that a release took away, in expressions that belong to no request: the rule is asked about a request that has
 * nothing but the name.
 */
export function removedNameFindings(
  environment: Environment,
  kernel: Kernel,
  expression: WrittenExpression,
): readonly UnplacedFinding[] {
  const rule = KERNEL_RULES.find((candidate) => candidate.id === REMOVED);
  if (rule === undefined) return [];
  return meaningsOf(environment, kernel, expression.node, expression.parameter).flatMap(({ node, meaning }) => {
    if (node.kind !== "name" || meaning.kind !== "unknown" || meaning.why?.kind !== "removed") return [];
    const subject = subjectWith(kernel, node.text);
    if (subject === null) return [];
    return rule.check(subject).map(
      (match): UnplacedFinding => ({
        rule: rule.id,
        severity: rule.severity,
        source: "kernel",
        message: match.message,
        span: { start: node.start, end: node.end },
        holds: null,
        related: [],
        fixes: renames(match, node),
        tag: null,
      }),
    );
  });
}

function renames(match: Match, span: { readonly start: number; readonly end: number }): readonly Fix[] {
  return match.fixes.flatMap((remedy) =>
    remedy.kind === "replace-name"
      ? [
          {
            title: remedy.title,
            changes: [{ start: span.start, end: span.end, text: remedy.by }],
            preferred: match.fixes.length === 1,
          },
        ]
      : [],
  );
}

function subjectWith(kernel: Kernel, name: string): Subject | null {
  const api = apiNamed("alloc_pages");
  if (api === null) return null;
  const request: AllocationRequest = {
    api: api.name,
    mask: EMPTY,
    order: 0,
    sizeBytes: null,
    pages: null,
    count: null,
    context: contextOf("process"),
    node: null,
    cache: null,
    poolEmpty: false,
  };
  return {
    kernel,
    api,
    request,
    verdict: verdict(kernel, request),
    mask: EMPTY,
    written: { names: [name], hasLiteral: false, cleared: [] },
    handles: null,
    hasFallback: false,
  };
}
